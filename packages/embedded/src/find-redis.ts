// Where a Redis is on this machine; root may have one installed. It starts none.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runProgram } from "./command.ts";
import { EmbeddedFault } from "./fault.ts";

export interface FindRedisOptions {
  /** Folders to look in, as in the variable PATH, which is the default. */
  path?: string;
  /** Whether root may install Debian's package when there is none; yes by default. */
  install?: boolean;
}

const programs = ["redis-server", "valkey-server"];

/**
 * The absolute path of a `redis-server` or `valkey-server`.
 * @throws EmbeddedFault that says how to get one
 */
export async function findRedis({ path = process.env["PATH"] ?? "", install = true }: FindRedisOptions = {}) {
  const found = (await lookFor(programs, path)) ?? (install ? await installAsRoot(path) : undefined);
  if (found !== undefined) return found;
  throw new EmbeddedFault(
    "There is no redis-server or valkey-server on PATH: install one (apt-get install redis-server, brew install redis), " +
      "or set REDIS_URL to one that runs.",
  );
}

/** Debian's package may start a service of its own on the usual port; it is neither used nor touched. */
async function installAsRoot(path: string): Promise<string | undefined> {
  const apt = await lookFor(["apt-get"], path);
  if (process.getuid?.() !== 0 || apt === undefined) return undefined;
  console.error("There is no Redis on PATH: installing Debian's redis-server…");
  for (const args of [["update"], ["install", "-y", "redis-server"]]) {
    const { code, output } = await runProgram({ file: "env", args: ["DEBIAN_FRONTEND=noninteractive", apt, ...args] });
    if (code !== 0) console.error(`apt-get ${args.join(" ")} failed: ${output.split("\n").slice(-3).join(" / ")}`);
  }
  return lookFor(programs, path);
}

async function lookFor(names: string[], path: string): Promise<string | undefined> {
  for (const name of names)
    for (const folder of path.split(delimiter).filter((entry) => entry !== "")) {
      const file = join(folder, name);
      const executable = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (executable) return file;
    }
  return undefined;
}

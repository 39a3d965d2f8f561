// Where a program is on this machine; root may have Debian's package of it installed. It starts none.
import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runProgram } from "./command.ts";
import { EmbeddedFault } from "./fault.ts";

export interface Wanted {
  /** Any of them will do, the first that is found is taken. */
  names: string[];
  /** Debian's package that has one of them. */
  debianPackage: string;
  /** What to tell who has none: how to get one. */
  missing: string;
}

export interface FindOptions {
  /** Folders to look in, as in the variable PATH, which is the default. */
  path?: string;
  /** Whether root may install Debian's package when there is none; yes by default. */
  install?: boolean;
}

/**
 * The absolute path of the program.
 * @throws EmbeddedFault that says how to get one
 */
export async function findProgram(wanted: Wanted, options: FindOptions = {}): Promise<string> {
  const { path = process.env["PATH"] ?? "", install = true } = options;
  const found = (await lookFor(wanted.names, path)) ?? (install ? await installAsRoot(wanted, path) : undefined);
  if (found !== undefined) return found;
  throw new EmbeddedFault(wanted.missing);
}

const lockFile = join(tmpdir(), "parley-apt.lock");

/** Debian's package may start a service of its own; it is neither used nor touched. */
async function installAsRoot({ names, debianPackage }: Wanted, path: string): Promise<string | undefined> {
  const apt = await lookFor(["apt-get"], path);
  if (process.getuid?.() !== 0 || apt === undefined) return undefined;
  console.error(`There is no ${names[0]} on PATH: installing Debian's ${debianPackage}…`);
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", debianPackage]]) {
    // One at a time: several tests may want the same at once, and apt fails where it should wait.
    const command = [lockFile, "env", "DEBIAN_FRONTEND=noninteractive", apt, ...args];
    const { code, output } = await runProgram({ file: "flock", args: command });
    if (code !== 0) console.error(`apt-get ${args.join(" ")} failed: ${output.split("\n").slice(-3).join(" / ")}`);
  }
  return lookFor(names, path);
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

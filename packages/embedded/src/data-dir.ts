// PostgreSQL's data directory and the password beside it: made whole or not at all. It starts no server.
import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./command.ts";
import { EmbeddedFault } from "./fault.ts";
import { giveTo, type RunAs } from "./run-as.ts";

export const superuser = "postgres";
const majorVersion = "18";

/** The file beside a data directory that holds the superuser's password, readable for its owner only. */
export function passwordFileOf(dataDir: string): string {
  return `${dataDir}.password`;
}

/**
 * Makes the data directory on first use, and its parents never.
 * @returns the superuser's password
 * @throws EmbeddedFault when the folder is something else, or its password is missing
 */
export async function prepareDataDir(dataDir: string, initdb: string, as: RunAs): Promise<string> {
  try {
    return await prepare(dataDir, initdb, as);
  } catch (error) {
    if (error instanceof EmbeddedFault) throw error;
    throw new EmbeddedFault(`The database folder ${dataDir} cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

async function prepare(dataDir: string, initdb: string, as: RunAs): Promise<string> {
  const present = await readdir(dataDir).catch(emptyIfMissing);
  if (present.length === 0) return createDataDir(dataDir, initdb, as);
  if (!present.includes("PG_VERSION"))
    throw new EmbeddedFault(`${dataDir} holds other things than a PostgreSQL database: name a new or empty folder.`);
  await giveTo(as, dataDir);
  const version = (await readFile(join(dataDir, "PG_VERSION"), "utf8")).trim();
  if (version !== majorVersion)
    throw new EmbeddedFault(
      `${dataDir} was made by PostgreSQL ${version}, this is ${majorVersion}: move it with pg_dump, or use another folder.`,
    );
  return readFile(passwordFileOf(dataDir), "utf8").catch((error: unknown) => {
    throw new EmbeddedFault(
      `The password of ${dataDir} cannot be read: put ${passwordFileOf(dataDir)} back, or use another folder.`,
      { cause: error },
    );
  });
}

/** Works in a folder of its own, renamed once complete: a crash leaves nothing half made under the final name. */
async function createDataDir(dataDir: string, initdb: string, as: RunAs): Promise<string> {
  const unfinished = `${dataDir}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(as, unfinished);
  const password = await writePassword(dataDir, as);
  const args = ["-D", unfinished, `--username=${superuser}`, `--pwfile=${passwordFileOf(dataDir)}`];
  args.push("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions");
  args.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8");
  const { code, output } = await runProgram(as.command(initdb, args));
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new EmbeddedFault(`PostgreSQL could not make ${dataDir}; it said: ${lastLines(output)}`);
  }
  await rename(unfinished, dataDir);
  return password;
}

async function writePassword(dataDir: string, { owner }: RunAs): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  const file = passwordFileOf(dataDir);
  await rm(file, { force: true }); // an older one may have a wider mode
  await writeFile(file, password, { mode: 0o600, flag: "wx" });
  if (owner !== undefined) await chown(file, owner, owner);
  return password;
}

function lastLines(output: string): string {
  return output.split("\n").slice(-4).join(" / ");
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

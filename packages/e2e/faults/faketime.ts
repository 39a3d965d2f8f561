// libfaketime: found, or installed by root.
import { execFile } from "node:child_process";
import { glob } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const pattern = "/usr/lib/*/faketime/libfaketime.so.1";

/** @throws with a sentence that says how to get it */
export async function findFaketime(): Promise<string> {
  const found = (await lookFor()) ?? (await install());
  if (found) return found;
  throw new Error("There is no libfaketime on this machine: install one (apt-get install faketime).");
}

async function lookFor(): Promise<string | undefined> {
  for await (const file of glob(pattern)) return file;
  return undefined;
}

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  await run("apt-get", ["install", "-y", "--no-install-recommends", "faketime"]).catch(() => {});
  return lookFor();
}

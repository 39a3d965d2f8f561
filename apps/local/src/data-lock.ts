// One start at a time per data folder: two would fight over one database.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartFault } from "@parley/service";

/**
 * Takes the folder for this process and returns how to give it back. A lock whose process is gone is taken over.
 * @throws StartFault
 */
export async function lockData(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, "owner.pid");
  await mkdir(dataDir, { recursive: true });
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  if (owner > 0 && (await isParley(owner))) {
    throw new StartFault(
      "CONFIG",
      `Parley already runs on ${dataDir} (process ${owner}); stop it, or set PARLEY_DATA to another folder.`,
    );
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

/** Process numbers are used again: where the system tells, the command line must be ours. */
async function isParley(pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  return command === undefined || command.includes("apps/local");
}

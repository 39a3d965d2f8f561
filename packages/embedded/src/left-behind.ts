// A postmaster that outlived its owner is ended, one that somebody still owns is left alone. It starts no server.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EndingStep } from "./child.ts";
import { EmbeddedFault } from "./fault.ts";
import { inspectProcess } from "./inspect-process.ts";

/** PostgreSQL's fast shutdown, its immediate one, then force: what `pg_ctl stop` sends. */
export const postmasterEnding: readonly EndingStep[] = [
  ["SIGINT", 30_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
];

/** A setting that means nothing to PostgreSQL: its command line thereby tells who started it. */
export const ownerSetting = "embedded.owner_pid";

const pollMs = 20;
/** Above Linux's highest process id (4,194,304) and macOS's (99,998). */
const noSuchPid = 2_147_483_646;

/**
 * Afterwards no postmaster works in the data directory, and its lock file does not keep a new one from starting.
 * @throws EmbeddedFault when the process that started it is alive, or it cannot be ended
 */
export async function endLeftBehind(dataDir: string): Promise<void> {
  const lockFile = join(dataDir, "postmaster.pid");
  const lock = await readFile(lockFile, "utf8").catch(() => "");
  const pid = Number.parseInt(lock, 10);
  if (!(pid > 0)) return;
  const facts = await inspectProcess(pid);
  // A number that went to another process, or to a zombie, looks alive to PostgreSQL. The other lines stay:
  // by them it recognises children of the dead postmaster that are still at work.
  if (facts === undefined || !facts.commandLine.includes(dataDir))
    return writeFile(lockFile, lock.replace(/^\s*\d+/, String(noSuchPid)));
  if (facts.commandLine.includes(`${ownerSetting}=${facts.parentPid} `))
    throw new EmbeddedFault(
      `${dataDir} is in use by process ${facts.parentPid}: stop that first, or use another folder.`,
    );
  for (const [signal, msMax] of postmasterEnding) {
    send(pid, signal);
    if (await isGone(pid, msMax)) return;
  }
  throw new EmbeddedFault(`Process ${pid} still works in ${dataDir} and does not end: end it, or use another folder.`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended by itself meanwhile, or not ours: isGone tells which
  }
}

async function isGone(pid: number, msMax: number): Promise<boolean> {
  const deadline = performance.now() + msMax;
  while ((await inspectProcess(pid)) !== undefined) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

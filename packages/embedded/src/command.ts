// Programs of the system, run with as little of our environment as they need. It knows none of them by name.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

export interface Command {
  file: string;
  args: string[];
  /** With gid, whom it runs as; ourselves if missing. */
  uid?: number;
  gid?: number;
}

export interface ProgramEnd {
  /** Null when a signal ended it, or it could not be started. */
  code: number | null;
  /** Both streams. */
  output: string;
}

/** Secrets in our environment are none of theirs, PG* and LC_* would steer PostgreSQL's programs. */
const inherited = /^(?:PATH|TMPDIR|LD_LIBRARY_PATH|SystemRoot|\w+_proxy)$/i;

/** @param detached gives it a process group of its own, which Ctrl-C in a terminal does not reach */
export function spawnCommand(command: Command, detached: boolean): ChildProcessByStdio<null, Readable, Readable> {
  const { file, args, uid, gid } = command;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => inherited.test(name)));
  return spawn(file, args, {
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    cwd: "/", // ours may be closed to the user it runs as
    detached,
    env: { ...env, LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a program to its end, whatever that is. */
export async function runProgram(command: Command): Promise<ProgramEnd> {
  const child = spawnCommand(command, false);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => void chunks.push(chunk));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output: chunks.join("").trim() };
  } catch (error) {
    return { code: null, output: (error as Error).message };
  }
}

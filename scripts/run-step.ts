// One program of a run, to its end or to a deadline. It does not judge what came of it.
import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface StepEnd {
  /** Null when a signal ended it, or it could not be started. */
  code: number | null;
  /** Both streams. */
  output: string;
  durationMs: number;
}

const stepMsMax = 30 * 60_000;
/** Something it left running may hold its output open. */
const outputMsMax = 2_000;

/**
 * The program gets no terminal, so that it prints lines and no spinners.
 * @param command the program and its arguments
 * @param options `pass` shows the output as it comes; `signal` ends the program
 */
export async function runStep(
  [file, ...args]: [string, ...string[]],
  { pass = false, signal }: { pass?: boolean; signal?: AbortSignal } = {},
): Promise<StepEnd> {
  const startedAt = performance.now();
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"], timeout: stepMsMax, signal });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      chunks.push(chunk);
      if (pass) process.stdout.write(chunk);
    });
  child.on("error", (error) => chunks.push(error.message)); // not there, or ended by the signal
  const closed = happened(child, "close");
  const code = child.pid === undefined ? null : await happened(child, "exit");
  await Promise.race([closed, delay(outputMsMax, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { code, output: chunks.join("").trim(), durationMs: performance.now() - startedAt };
}

function happened(child: ChildProcess, event: "exit" | "close"): Promise<number | null> {
  return new Promise((resolve) => {
    child.once(event, resolve);
  });
}

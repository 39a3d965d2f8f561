// What was opened is closed in reverse, once, before a deadline. It must not know what it closes.
import type { Log } from "./log.ts";

export interface Lifecycle {
  /** Registers how to close what was just opened. */
  opened(name: string, close: () => unknown): void;
  /** Closes everything in reverse order; later calls wait for the first. Never rejects: faults are logged. */
  close(): Promise<void>;
  readonly closing: boolean;
}

/** @param deadlineMs how long all closers together may take; the rest is then left to the end of the process */
export function createLifecycle(log: Log, deadlineMs: number): Lifecycle {
  const closers: { name: string; close: () => unknown }[] = [];
  let closed: Promise<void> | undefined;

  async function closeAll() {
    for (const { name, close } of closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        log.error({ err: error, part: name }, "could not close");
      }
    }
  }

  async function closeInTime() {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, "late");
    });
    if ((await Promise.race([closeAll(), late])) === "late") log.warn({ deadlineMs }, "shutdown took too long");
    clearTimeout(timer);
  }

  return {
    opened: (name, close) => void closers.push({ name, close }),
    close: () => (closed ??= closeInTime()),
    get closing() {
      return closed !== undefined;
    },
  };
}

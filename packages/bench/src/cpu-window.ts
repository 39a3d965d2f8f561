// How busy the parts of a system were between two moments, in core-seconds per second. It must not know what they did.
import { readCpuSeconds } from "./cpu.ts";

/** By part. 1 is one core all the time. */
export type CoreShares = Record<string, number>;

/** Opens now. @param parts the processes of each; those below them count with them */
export function openCpuWindow(parts: Record<string, readonly number[]>): { close(): CoreShares } {
  const read = () => Object.entries(parts).map(([part, pids]) => ({ part, cpuSeconds: readCpuSeconds(pids) }));
  const before = read();
  const fromMs = performance.now();
  return {
    close() {
      const seconds = (performance.now() - fromMs) / 1_000;
      return Object.fromEntries(
        read().map(({ part, cpuSeconds }, place) => [part, (cpuSeconds - before[place]!.cpuSeconds) / seconds]),
      );
    },
  };
}

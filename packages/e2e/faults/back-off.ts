// How long a client waits before it tries again: 0.2 to 5 s, full jitter.
const msMin = 200;
const msMax = 5_000;

/** @param failures how many tries failed in a row, from 1 */
export function backOffMs(failures: number, random: () => number): number {
  return Math.max(msMin, random() * Math.min(msMax, msMin * 2 ** failures));
}

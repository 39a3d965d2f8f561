// How long to wait before the next try: exponential with full jitter, so that a thousand clients do not come at once.

export const backOffMsMin = 200;
export const backOffMsMax = 30_000;

/** @param failures how many tries failed in a row, from 1 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(backOffMsMax, backOffMsMin * 2 ** (failures - 1));
  return random() * ceiling;
}

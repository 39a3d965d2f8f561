// Ids of Redis stream entries: milliseconds, a dash, a number within them.

/** Before every entry. */
export const streamStart = "0-0";

/** Negative if `a` was given before `b`, 0 if they are the same, positive otherwise. Both parts fill up to 64 bits. */
export function compareStreamIds(a: string, b: string): number {
  const [aMs = 0n, aNumber = 0n] = a.split("-").map(BigInt);
  const [bMs = 0n, bNumber = 0n] = b.split("-").map(BigInt);
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  return aNumber === bNumber ? 0 : aNumber < bNumber ? -1 : 1;
}

// Which partitions a process should write: its part of them, the same as everybody else's within one. It decides from
// what was seen, and knows neither locks nor connections.

export interface Situation {
  partitions: number;
  /** How many processes share them, and which of these is ours, the oldest being 0; undefined if we are none. */
  members: number;
  rank: number | undefined;
  /** Partitions that we write or try to, the one we have had longest first. */
  ours: readonly number[];
  /** Partitions that nobody writes, and that we may try to. */
  free: readonly number[];
  /** Those of them that nobody has taken for so long that whoever should does not. */
  orphans: ReadonlySet<number>;
}

export interface Plan {
  give: number[];
  take: number[];
}

/**
 * Everybody's part differs by one at most, the oldest having more, so that a newcomer moves as few as it can. Beyond it we
 * give up what we have had longest: what we took most lately others could perhaps not hold. Orphans are taken whatever the
 * part, for a partition without a writer is worse than an uneven share.
 */
export function planShare({ partitions, members, rank, ours, free, orphans }: Situation): Plan {
  if (rank === undefined) return { give: [], take: [] };
  const part = Math.floor(partitions / members) + (rank < partitions % members ? 1 : 0);
  const give = ours.slice(0, Math.max(0, ours.length - part));
  // Members begin at different places, so that they seldom want the same one.
  const start = Math.floor((rank * partitions) / members);
  const inTurn = free.toSorted((one, other) => distance(start, one) - distance(start, other));
  const wanted = new Set(inTurn.slice(0, Math.max(0, part - ours.length)));
  return { give, take: inTurn.filter((partition) => wanted.has(partition) || orphans.has(partition)) };

  function distance(from: number, to: number): number {
    return (to - from + partitions) % partitions;
  }
}

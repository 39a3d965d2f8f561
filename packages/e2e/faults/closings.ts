// How long slow connections were let, as facts of a row.
import type { RowContext } from "./row.ts";
import type { Trickle } from "./trickle.ts";
import { secondsUntil } from "./waiting.ts";

/** Deadlines are looked at about so often. */
const lookS = 1;
/** How much longer is waited, to tell what is late from what never comes. */
const lateS = 45;

/** Until all are closed, or nothing is to be hoped for. */
export async function untilClosed(all: Trickle[], withinS: number): Promise<void> {
  const isOver = () => all.every(({ closedMs }) => closedMs !== undefined);
  const lastMs = Math.max(...all.map(({ openMs }) => openMs));
  await secondsUntil(isOver, lastMs + 1_000 * (withinS + lateS) - performance.now(), 100);
}

/** @param withinS the bound, from when they were open until they were told that it is over, or were closed */
export function boundEnds({ bound }: Pick<RowContext, "bound">, own: Trickle[], name: string, withinS: number): void {
  bound(`${name}: ended after`, longestS(own, endOf), withinS + lookS, "s");
}

/** What they were told in the end, and when the last socket was free. */
export function describeEnds(all: Trickle[]): string {
  const ends = Map.groupBy(all, ({ answer, closedMs }) => (closedMs === undefined ? "still open" : lastSaid(answer)));
  const counts = [...ends].map(([said, some]) => `${some.length} × ${said}`).join(", ");
  const freedS = longestS(all, ({ closedMs }) => closedMs);
  return freedS === undefined ? counts : `${counts}; the last socket was free after ${freedS.toFixed(1)} s`;
}

/** What a peer that does not answer the closing handshake keeps open a little longer has ended all the same. */
function endOf({ answer, answeredMs, closedMs }: Trickle): number | undefined {
  return answer.includes(errorCode) ? answeredMs : closedMs;
}

/** Of the one that was let longest; undefined while one still is. */
function longestS(all: Trickle[], endMs: (one: Trickle) => number | undefined): number | undefined {
  const tookMs = all.map((one) => (endMs(one) ?? Infinity) - one.openMs);
  const longestMs = Math.max(...tookMs);
  return longestMs === Infinity ? undefined : longestMs / 1_000;
}

const errorCode = "\ncode:";

/** The code of an ERROR, or the status of an answer. */
function lastSaid(answer: string): string {
  return /\ncode:(\w+)/.exec(answer)?.[1] ?? /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? "no word";
}

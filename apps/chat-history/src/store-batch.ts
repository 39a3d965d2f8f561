// Stores a batch of entries although PostgreSQL may refuse one for what it contains: that one is found, tried again, and
// given up, so that it holds up nobody else (guarantee F-11). It does not know what becomes of either.
import type { ChatMessagePubSub } from "@parley/contracts";
import type { Recorded } from "./store/record.ts";
import type { Writer } from "./store/writer.ts";

const triesMax = 3;

/** As of the writer; or refused by PostgreSQL, with its SQLSTATE. */
export type BatchOutcome = Recorded | { refusedBy: string };

/**
 * @param meanwhile called while PostgreSQL works on the entries, perhaps more than once, or not at all if that fails
 *
 * Answers in the entries' order. Halves are stored one after the other, and a room that was locked in the first is left
 * alone in the second: the order of a room's messages stays.
 */
export async function storeBatch(
  writer: Writer,
  entries: ChatMessagePubSub[],
  meanwhile = () => {},
): Promise<BatchOutcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await writer.store(entries, meanwhile);
    } catch (error) {
      const refusedBy = contentFault(error);
      if (refusedBy === undefined) throw error;
      if (entries.length > 1) return storeHalves(writer, entries);
      if (tries >= triesMax) return [{ refusedBy }];
    }
  }
}

async function storeHalves(writer: Writer, entries: ChatMessagePubSub[]): Promise<BatchOutcome[]> {
  const middle = Math.ceil(entries.length / 2);
  const first = await storeBatch(writer, entries.slice(0, middle));
  const locked = new Set(entries.filter((_, n) => n < middle && first[n] === undefined).map(({ roomId }) => roomId));
  const rest = entries.slice(middle);
  const free = rest.filter(({ roomId }) => !locked.has(roomId));
  const outcomes = (free.length > 0 ? await storeBatch(writer, free) : []).values();
  return [...first, ...rest.map(({ roomId }) => (locked.has(roomId) ? undefined : outcomes.next().value))];
}

/** SQLSTATE (PostgreSQL, appendix A): data exceptions, limits of the program, a violated check. */
const contentState = /^(?:(?:22|54)...|23514)$/;

function contentFault(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return contentState.test(code) ? code : undefined;
}

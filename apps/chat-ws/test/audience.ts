// An audience whose listeners are told apart by name, for tests of rooms.
import type { Audience } from "../src/room-outlets.ts";

type Body = Parameters<Audience<string>["deliver"]>[1];

/** @param behind who is left out of previews */
export function createAudience(
  give: (listener: string, body: Body) => void,
  behind: ReadonlySet<string> = new Set(),
): Audience<string> {
  const listeners = new Set<string>();
  return {
    join: (listener) => void listeners.add(listener),
    leave: (listener) => void listeners.delete(listener),
    deliver(_messageId, body) {
      const isPreview = body.seq === null && "deleted" in body && !body.deleted;
      const leftOut = isPreview ? [...listeners].filter((listener) => behind.has(listener)) : [];
      for (const listener of listeners) if (!leftOut.includes(listener)) give(listener, body);
      return leftOut;
    },
    deliverTo(some, _messageId, body) {
      for (const listener of some) give(listener, body);
      return [];
    },
  };
}

const unasked = () => Promise.reject(new Error("not asked here"));

/** Listeners that are always ready and never gone, and need no history. */
export const readers = {
  history: { positions: unasked, changes: unasked, messages: unasked },
  replayMessagesMax: 10_000,
  untilReady: async () => {},
  isGone: () => false,
};

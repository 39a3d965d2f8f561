// The account's own messages until each is stored or refused for good: kept in the outbox, sent over any connection.
import { errors, type ChatRejected, type ErrorCode } from "@parley/contracts";
import { createLane, isForGood, type Lane } from "./lane.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { Failure, Outbox, OutboxEntry } from "./outbox.ts";

export interface SenderOptions {
  outbox: Outbox;
  onStored: (roomId: string, tempId: string) => void;
  onRefused: (roomId: string, tempId: string, failure: Failure) => void;
  /** What an earlier page left behind. */
  onRestored: (entries: readonly OutboxEntry[]) => void;
  /** The connection does not answer, or its login has ended. */
  renew: () => void;
}

export interface Sender {
  /** What is not stored yet, failed ones too, by order. */
  entries(roomId: string): OutboxEntry[];
  send(message: Omit<OutboxEntry, "order">): void;
  retry(tempId: string): OutboxEntry | undefined;
  /** It is stored, or the user gave it up. */
  forget(tempId: string): void;
  rejected(rejection: ChatRejected): void;
  connected(link: Link): void;
  disconnected(end: LinkEnd): void;
  tick(now: number): void;
}

export function createSender({ outbox, onStored, onRefused, onRestored, renew }: SenderOptions): Sender {
  const entries = new Map<string, OutboxEntry>();
  const lanes = new Map<string, Lane>();
  let link: Link | undefined;
  let order = 0;
  const restored = restore();

  async function restore() {
    const left = await outbox.load().catch(() => []);
    for (const entry of left) {
      order = Math.max(order, entry.order);
      entries.set(entry.tempId, entry);
      if (!entry.code) laneOf(entry.roomId).add(entry, Promise.resolve());
    }
    if (left.length > 0) onRestored(left);
  }

  function laneOf(roomId: string): Lane {
    let lane = lanes.get(roomId);
    if (lane) return lane;
    lane = createLane((tempId) => {
      forget(tempId);
      onStored(roomId, tempId);
    });
    lanes.set(roomId, lane);
    if (link) lane.connected(link);
    return lane;
  }

  function keep(entry: OutboxEntry): Promise<void> {
    entries.set(entry.tempId, entry);
    return outbox.put(entry);
  }

  function forget(tempId: string) {
    const entry = entries.get(tempId);
    if (!entry) return;
    entries.delete(tempId);
    lanes.get(entry.roomId)?.remove(tempId);
    outbox.remove(tempId).catch(() => {}); // Sent once more by the next page, which is harmless (G-3).
  }

  function refuse(tempId: string, code: ErrorCode, retryable: boolean, retryAfterMs?: number) {
    const entry = entries.get(tempId);
    const lane = entry && lanes.get(entry.roomId);
    if (!lane?.has(tempId)) return;
    if (!isForGood(code, retryable)) {
      lane.refusedForNow(tempId, retryAfterMs);
      // A token that has run out is replaced on the open connection (token-renewal.ts).
      if (code === "UNAUTHENTICATED") renew();
      return;
    }
    lane.remove(tempId);
    const failure: Failure = { code, ...(retryAfterMs !== undefined && { retryAt: Date.now() + retryAfterMs }) };
    keep({ ...entry!, ...failure }).catch(() => {}); // The next page tries again, and is refused again.
    onRefused(entry!.roomId, tempId, failure);
  }

  return {
    entries: (roomId) =>
      [...entries.values()]
        .filter((entry) => entry.roomId === roomId)
        .toSorted((one, other) => one.order - other.order),
    send(message) {
      order = Math.max(order + 1, message.shownAt);
      const entry = { ...message, order };
      // What an earlier page left behind goes first.
      const kept = Promise.all([keep(entry), restored]).then(() => {});
      void restored.then(() => entries.has(entry.tempId) && laneOf(entry.roomId).add(entry, kept));
    },
    retry(tempId) {
      const entry = entries.get(tempId);
      if (!entry?.code) return undefined;
      const { code: _, retryAt: __, ...again } = entry;
      order = Math.max(order + 1, Date.now());
      const pending = { ...again, order };
      laneOf(entry.roomId).add(pending, keep(pending));
      return pending;
    },
    forget,
    rejected({ tempId, code, retryable, retryAfterMs }) {
      if (tempId !== undefined) refuse(tempId, code, retryable, retryAfterMs);
    },
    connected(next) {
      link = next;
      for (const lane of lanes.values()) lane.connected(next);
    },
    disconnected({ code, receiptId }) {
      link = undefined;
      const refused = [...lanes.values()].map((lane) => receiptId !== undefined && lane.findReceipt(receiptId));
      for (const lane of lanes.values()) lane.disconnected();
      const tempId = refused.find((found) => found !== false && found !== undefined);
      if (tempId && code && isForGood(code, errors[code].retryable)) refuse(tempId, code, false);
    },
    tick(now) {
      if ([...lanes.values()].some((lane) => lane.isUnanswered(now))) renew();
    },
  };
}

// Own messages of one room on their way: sent in order, and in order again after a refusal that may pass (G-6).
// It does not know who keeps them or shows them.
import { destinations, type ChatMessageSend, type ErrorCode } from "@parley/contracts";
import { backOffMs } from "./back-off.ts";
import type { Link } from "./link.ts";
import type { OutboxEntry } from "./outbox.ts";

/** How many messages of a room are under way at once. */
const inFlightMax = 32;
/** The server answers within 10 s (G-9); one that takes this long is not there any more. */
const answerMsMax = 20_000;

interface Waiting {
  entry: OutboxEntry;
  /** It is in the outbox: a reload does not lose it. */
  isKept: boolean;
  sent?: { receiptId: string; at: number } | undefined;
}

export interface Lane {
  /** @param kept resolves once the message is in the outbox; it leaves no earlier */
  add(entry: OutboxEntry, kept: Promise<void>): void;
  has(tempId: string): boolean;
  /** Takes it out: it is stored, or refused for good. */
  remove(tempId: string): void;
  /** Refused for now: all that is not stored is sent again after a wait. */
  refusedForNow(tempId: string, retryAfterMs?: number): void;
  findReceipt(receiptId: string): string | undefined;
  connected(link: Link): void;
  disconnected(): void;
  /** Something sent has waited too long for its answer. */
  isUnanswered(now: number): boolean;
}

/** @param onReceipt the server has stored it */
export function createLane(onReceipt: (tempId: string) => void): Lane {
  const waiting: Waiting[] = [];
  let link: Link | undefined;
  let failures = 0;
  let pausedMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function pump() {
    if (!link || pausedMs > 0) return;
    for (const message of waiting.slice(0, inFlightMax)) {
      if (message.sent) continue;
      if (!message.isKept) return;
      const { tempId, roomId, content } = message.entry;
      const body: ChatMessageSend = { roomId, content, tempId };
      const stored = () => {
        failures = 0;
        onReceipt(tempId);
      };
      message.sent = { receiptId: link.send(destinations.chat, body, stored), at: Date.now() };
    }
  }

  /** Waits until all that is under way is answered, then a while, then begins with the first again. */
  function pause(waitMs: number) {
    pausedMs = Math.max(pausedMs, waitMs, 1);
    if (waiting.some(({ sent }) => sent) || timer !== undefined) return;
    timer = setTimeout(() => {
      resume();
      pump();
    }, pausedMs);
  }

  function resume() {
    clearTimeout(timer);
    timer = undefined;
    pausedMs = 0;
  }

  const find = (tempId: string) => waiting.findIndex(({ entry }) => entry.tempId === tempId);

  return {
    add(entry, kept) {
      const message: Waiting = { entry, isKept: false };
      waiting.push(message);
      const go = () => {
        message.isKept = true;
        pump();
      };
      kept.then(go, go); // A browser that keeps nothing can still send.
    },
    has: (tempId) => find(tempId) !== -1,
    remove(tempId) {
      const found = find(tempId);
      if (found !== -1) waiting.splice(found, 1);
      if (pausedMs > 0) pause(pausedMs);
      else pump();
    },
    refusedForNow(tempId, retryAfterMs = 0) {
      const message = waiting[find(tempId)];
      if (!message?.sent) return;
      message.sent = undefined;
      const isFirst = pausedMs === 0;
      if (isFirst) failures++;
      pause(Math.max(retryAfterMs, isFirst ? backOffMs(failures) : 0));
    },
    findReceipt: (receiptId) => waiting.find(({ sent }) => sent?.receiptId === receiptId)?.entry.tempId,
    connected(next) {
      link = next;
      pump();
    },
    disconnected() {
      link = undefined;
      resume();
      for (const message of waiting) message.sent = undefined;
    },
    isUnanswered: (now) => waiting.some(({ sent }) => sent !== undefined && sent.at + answerMsMax < now),
  };
}

/** Codes that no repetition of the same message can change. */
export function isForGood(code: ErrorCode, retryable: boolean): boolean {
  return !retryable && code !== "UNAUTHENTICATED" && code !== "TOKEN_EXPIRED";
}

// Who waits for a message to be stored. Each attempt has its `via`; the confirmation that echoes it answers.
import { createHash } from "node:crypto";
import { Refusal, type RoomChange } from "@parley/contracts";

export interface Receipts {
  /**
   * Names an attempt and waits for it. `stored` resolves when the message is committed; it rejects with what refused
   * it, or with TIMEOUT.
   * @param sinceMs from when the wait counts, if rights had to be asked for first
   */
  expect(attempt: Attempt, sinceMs?: number): { via: string; stored: Promise<void> };
  confirm(via: string): void;
  reject(via: string, refusal: Refusal): void;
  /** Answers by (room, sender, tempId, content first sent): for when the confirmation itself was lost. */
  confirmChanges(roomId: string, changes: RoomChange[]): void;
  /** Whether an attempt of this process is named in a payload; cheaper than to parse it. */
  concerns(payload: string): boolean;
  /** Ends what waited too long. To be called now and then. */
  tick(nowMs: number): void;
}

interface Attempt {
  roomId: string;
  sender: string;
  tempId: string;
  content: string;
}

interface Waiter extends Attempt {
  deadlineMs: number;
  resolve(): void;
  reject(refusal: Refusal): void;
}

/**
 * @param instanceId different in each instance, also after a restart
 * @param receiptMs how long to wait, in milliseconds
 * @param now monotonic, in milliseconds
 */
export function createReceipts(instanceId: string, receiptMs: number, now: () => number): Receipts {
  const prefix = `${instanceId}-`;
  const waiters = new Map<string, Waiter>();
  let count = 0;

  function take(via: string): Waiter | undefined {
    const waiter = waiters.get(via);
    waiters.delete(via);
    return waiter;
  }

  return {
    expect(attempt, sinceMs = now()) {
      const via = prefix + (++count).toString(36);
      const stored = new Promise<void>((resolve, reject) => {
        waiters.set(via, { ...attempt, deadlineMs: sinceMs + receiptMs, resolve, reject });
      });
      return { via, stored };
    },
    confirm: (via) => take(via)?.resolve(),
    reject: (via, refusal) => take(via)?.reject(refusal),
    confirmChanges(roomId, changes) {
      const byKey = new Map(changes.map((change) => [`${change.sender}\n${change.tempId}`, change]));
      for (const [via, waiter] of waiters) {
        const change = waiter.roomId === roomId ? byKey.get(`${waiter.sender}\n${waiter.tempId}`) : undefined;
        if (change?.contentHash === createHash("sha256").update(waiter.content).digest("hex")) take(via)?.resolve();
      }
    },
    concerns: (payload) => payload.includes(prefix),
    tick(nowMs) {
      for (const [via, { deadlineMs, roomId, tempId }] of waiters) {
        if (deadlineMs > nowMs) continue;
        take(via)?.reject(new Refusal("TIMEOUT", "no confirmation in time", { roomId, tempId }));
      }
    },
  };
}

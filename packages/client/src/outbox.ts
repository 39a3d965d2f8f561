// Where own messages wait until they are stored, so that a reload loses none. It does not know when they are sent.
import type { ErrorCode } from "@parley/contracts";
import { createStore, del, set, values } from "idb-keyval";

/** Why a message was refused for good. */
export interface Failure {
  readonly code: ErrorCode;
  /** When another try makes sense, as after a mute: milliseconds since 1970. */
  readonly retryAt?: number;
}

/** Of one that was refused for good, why. */
export interface OutboxEntry extends Partial<Failure> {
  readonly tempId: string;
  readonly roomId: string;
  readonly content: string;
  /** When it was first shown, milliseconds since 1970. */
  readonly shownAt: number;
  /** Order of sending within the outbox: later entries have greater numbers. */
  readonly order: number;
}

/** Entries of one account. After `put` resolved, a later `load`, also by another page, has the entry. */
export interface Outbox {
  /** All entries, by `order`. */
  load(): Promise<OutboxEntry[]>;
  /** Adds the entry of this tempId, or takes its place. */
  put(entry: OutboxEntry): Promise<void>;
  remove(tempId: string): Promise<void>;
}

/** IndexedDB where there is one, else memory. */
export function createOutbox(accountId: string): Outbox {
  return typeof indexedDB === "undefined" ? createMemoryOutbox() : createIndexedOutbox(accountId);
}

function createIndexedOutbox(accountId: string): Outbox {
  const store = createStore(`parley-outbox/${accountId}`, "messages");
  return {
    load: async () => inOrder(await values<OutboxEntry>(store)),
    put: (entry) => set(entry.tempId, entry, store),
    remove: (tempId) => del(tempId, store),
  };
}

/** Lasts as long as the object, which several chats may share one after the other. */
export function createMemoryOutbox(): Outbox {
  const entries = new Map<string, OutboxEntry>();
  return {
    load: async () => inOrder(entries.values()),
    put: async (entry) => void entries.set(entry.tempId, entry),
    remove: async (tempId) => void entries.delete(tempId),
  };
}

function inOrder(entries: Iterable<OutboxEntry>): OutboxEntry[] {
  return [...entries].toSorted((one, other) => one.order - other.order);
}

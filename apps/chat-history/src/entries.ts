// A log entry on its way in, and what is told of it on its way out (contracts §2).
import type { LogEntry } from "@parley/bus";
import { ChatMessagePubSub, ChatRejectedPubSub, type ChatTimestampPubSub } from "@parley/contracts";
import type { z } from "zod";
import { roomless, type Stored } from "./store/record.ts";

export interface Entry {
  id: string;
  message: ChatMessagePubSub;
}

/** An entry that cannot be stored. */
export interface DeadEntry {
  id: string;
  payload: string | undefined;
  reason: string;
  /** Which attempt it was, if that can be told. */
  attempt: Attempt | undefined;
}

const Attempt = ChatRejectedPubSub.pick({ roomId: true, tempId: true, sender: true, via: true });
type Attempt = z.infer<typeof Attempt>;

export function parseEntry({ id, payload }: LogEntry): Entry | DeadEntry {
  let json: unknown;
  const dead = (reason: string): DeadEntry => ({ id, payload, reason, attempt: Attempt.safeParse(json).data });
  if (payload === undefined) return dead("the entry has no payload");
  try {
    json = JSON.parse(payload);
  } catch {
    return dead("the payload is not JSON");
  }
  const parsed = ChatMessagePubSub.safeParse(json);
  if (!parsed.success) return dead(`the payload has a wrong ${parsed.error.issues[0]?.path.join(".")}`);
  return Object.values(parsed.data).every(isStorable)
    ? { id, message: parsed.data }
    : dead("PostgreSQL cannot store the text");
}

/** PostgreSQL's text holds neither NUL nor lone surrogates. */
function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** An entry whose content PostgreSQL refuses, again and again. */
export function refusedEntry({ id, message }: Entry, sqlState: string): DeadEntry {
  return { id, payload: JSON.stringify(message), reason: `PostgreSQL refuses it: ${sqlState}`, attempt: message };
}

/** What the sender of a dead entry is told; undefined if nobody knows who that is. */
export function formatDead({ attempt }: DeadEntry) {
  if (!attempt) return undefined;
  const { roomId, tempId, sender, via } = attempt;
  return formatRejected({ roomId, tempId, sender, via, code: "INVALID" });
}

function formatRejected(rejected: ChatRejectedPubSub) {
  const { roomId } = rejected;
  return { topic: "rejected", roomId, payload: JSON.stringify(rejected), isAdopted: false } as const;
}

const adoptedPrefix = "adopt.";

/** The `via` of a foreign message's entry. */
export function adoptedVia(tempId: string): string {
  return adoptedPrefix + tempId;
}

/** What is published for an entry, and where. The same tempId with other content is a CONFLICT: the first one wins. */
export function formatOutcome(entry: ChatMessagePubSub, stored: Stored | typeof roomless) {
  const { roomId, tempId, sender, via } = entry;
  if (stored === roomless) return formatRejected({ roomId, tempId, sender, via, code: "NOT_FOUND" });
  const { message, same } = stored;
  if (!same) return formatRejected({ roomId, tempId, sender, via, code: "CONFLICT", stored: message });
  const { id, seq, changeSeq, createdAt, editedAt, deleted } = message;
  const confirmed: ChatTimestampPubSub = { roomId, id, tempId, sender, seq, changeSeq, createdAt, editedAt, via };
  const isAdopted = via.startsWith(adoptedPrefix);
  if (editedAt !== null || deleted || isAdopted) confirmed.stored = message;
  return { topic: "timestamp", roomId, payload: JSON.stringify(confirmed), isAdopted } as const;
}

// One message of a list: how it is shown, and what must be remembered beside that.
import type { ChatMessageReceive, StoredMessage } from "@parley/contracts";
import type { RoomMessage } from "./api.ts";

/** A stored message as it was last heard of. */
export interface Item {
  readonly seq: number;
  readonly changeSeq: number;
  readonly isDeleted: boolean;
  readonly message: RoomMessage;
}

/** A message that has no place in the room yet. */
export interface Provisional {
  readonly message: RoomMessage;
  /** It is in our outbox: sent until it is stored, never dropped. */
  readonly isSending: boolean;
  /** When its latest preview came. */
  readonly seenAt: number;
  /** Shown on a connection that is gone. */
  readonly isStale?: boolean;
  /** The server has committed it. */
  readonly isReceipted?: boolean;
  /** Committed before the pages that are being read: if these lack it, it is older than what is shown. */
  readonly isCovered?: boolean;
}

export function formatKey(sender: string, tempId: string): string {
  return `${sender}/${tempId}`;
}

export function showPreview(
  { tempId, sender, senderName, content }: Pick<ChatMessageReceive, "tempId" | "sender" | "senderName" | "content">,
  { isMine, shownAt }: Pick<RoomMessage, "isMine" | "shownAt">,
): RoomMessage {
  const key = formatKey(sender, tempId);
  const unknown = { seq: null, createdAt: null, editedAt: null };
  return { key, id: tempId, tempId, sender, senderName, content, ...unknown, state: "preview", isMine, shownAt };
}

/** @param shownAt when its preview was first shown; its commit if there was none */
export function showStored(message: StoredMessage, accountId: string, shownAt?: number): RoomMessage {
  const { id, tempId, sender, senderName, content, seq, createdAt, editedAt } = message;
  return {
    key: formatKey(sender, tempId),
    id,
    tempId,
    sender,
    senderName,
    content,
    seq,
    createdAt,
    editedAt,
    state: "stored",
    isMine: sender === accountId,
    shownAt: shownAt ?? Date.parse(createdAt),
  };
}

export function storedAs({ seq, changeSeq, deleted }: StoredMessage, message: RoomMessage): Item {
  return { seq, changeSeq, isDeleted: deleted, message };
}

// What listeners are told, made from what is known of a message, and the order of what was fetched.
import type {
  ChatMessagePubSub,
  ChatMessageReceive,
  ChatTimestampPubSub,
  ChatTimestampReceive,
  Position,
  RoomChange,
  StoredMessage,
} from "@parley/contracts";

export function idOf({ id, changeSeq }: StoredMessage): string {
  return `${id}.${changeSeq}`;
}

/** What lies beyond a position: creations by `seq`, then changes of earlier messages by `changeSeq`. */
export function inOrder(changes: readonly RoomChange[], { seq, changeSeq }: Position): StoredMessage[] {
  const beyond = changes.filter((change) => change.changeSeq > changeSeq);
  const [creations, earlier] = partition(beyond, (change) => change.seq > seq);
  creations.sort((one, other) => one.seq - other.seq);
  return [...creations, ...earlier].map(({ contentHash: _, ...message }) => message);
}

/** Those for which it is true, and the others. */
export function partition<T>(all: readonly T[], isIt: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isIt), all.filter((one) => !isIt(one))];
}

export function previewOf(message: ChatMessagePubSub, withdrawn: boolean): ChatMessageReceive {
  const { tempId, roomId, sender, senderName, content } = message;
  const unknown = { seq: null, changeSeq: null, createdAt: null, editedAt: null };
  return {
    id: tempId,
    tempId,
    roomId,
    sender,
    senderName,
    content: withdrawn ? "" : content,
    ...unknown,
    deleted: withdrawn,
  };
}

export function wholeOf({ senderName, content }: ChatMessagePubSub, event: ChatTimestampPubSub): StoredMessage {
  const { id, tempId, roomId, sender, seq, changeSeq, createdAt, editedAt } = event;
  return { id, tempId, roomId, sender, senderName, content, seq, changeSeq, createdAt, editedAt, deleted: false };
}

export function shortOf({ via: _, stored: __, ...confirmation }: ChatTimestampPubSub): ChatTimestampReceive {
  return confirmation;
}

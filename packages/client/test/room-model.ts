// A server with one room, as small as contracts.md allows it to be, between a timeline and a random script. It knows
// which previews the present subscription was given, as a gateway does, and answers reads from what is committed.
import type { ChatMessageReceive, HistoryPage, StoredMessage } from "@parley/contracts";
import type { RoomEvent } from "../src/timeline.ts";

export const me = "me";
const other = "other";

interface Accepted {
  tempId: string;
  sender: string;
  content: string;
  /** The connection that waits for the answer. */
  connection: number;
}

/** What is on its way to the client, in order; lost with the connection. */
type Delivery = RoomEvent;

/** @param resend a refusal that may pass: the client sends this message again */
export function createRoomModel(resend: (tempId: string) => void) {
  const committed: StoredMessage[] = [];
  const accepted: Accepted[] = [];
  let changeSeq = 0;
  let made = 0;
  let deliveries: Delivery[] = [];
  let given = new Set<string>();
  let isSubscribed = false;
  let connection = 0;

  const keyOf = ({ sender, tempId }: Pick<Accepted, "sender" | "tempId">) => `${sender}/${tempId}`;
  const isAnswered = (message: Accepted) => message.sender === me && message.connection === connection;
  const deliver = (event: Delivery) => isSubscribed && deliveries.push(event);

  function previewOf({ tempId, sender, content }: Accepted, deleted = false): ChatMessageReceive {
    const unknown = { seq: null, changeSeq: null, createdAt: null, editedAt: null };
    return { id: tempId, tempId, roomId: "room", sender, senderName: sender, content, ...unknown, deleted };
  }

  /** The short form to who has the preview, the whole message to who has not. */
  function tell(message: StoredMessage) {
    const { content: _, senderName: __, deleted: ___, ...confirmation } = message;
    if (given.delete(keyOf(message)) && message.editedAt === null && !message.deleted)
      deliver({ type: "confirmed", body: confirmation });
    else deliver({ type: "received", body: { ...message }, at: 0 });
  }

  return {
    committed: committed as readonly StoredMessage[],

    /** A SEND reached the server; `isShown`: the preview is not lost on its way. */
    accept(sent: Omit<Accepted, "connection">, isShown: boolean) {
      const message = { ...sent, connection };
      accepted.push(message);
      const isKnown = given.has(keyOf(message));
      if (!isShown || isKnown || !isSubscribed) return;
      given.add(keyOf(message));
      deliver({ type: "received", body: previewOf(message), at: 0 });
    },
    somebodySends(isShown: boolean) {
      made++;
      this.accept({ tempId: `other-${made}`, sender: other, content: `by other ${made}` }, isShown);
    },
    /** The recorder commits the first that waits, or finds it committed. The RECEIPT may overtake or follow. */
    commit(isReceiptFirst: boolean) {
      const next = accepted.shift();
      if (!next) return;
      const known = committed.find((message) => keyOf(message) === keyOf(next));
      const message = known ?? {
        id: `id-${committed.length + 1}`,
        tempId: next.tempId,
        roomId: "room",
        sender: next.sender,
        senderName: next.sender,
        content: next.content,
        seq: committed.length + 1,
        changeSeq: ++changeSeq,
        createdAt: "2026-01-01T00:00:00.000Z",
        editedAt: null,
        deleted: false,
      };
      if (!known) committed.push(message);
      const receipt = () => isAnswered(next) && deliver({ type: "receipted", tempId: next.tempId });
      if (isReceiptFirst) receipt();
      // A repetition goes only to who was shown the preview again.
      if (!known || given.has(keyOf(next))) tell(message);
      if (!isReceiptFirst) receipt();
    },
    /** The recorder refuses the first that waits: for good, or for now (then the client sends it again). */
    reject(isForGood: boolean, isRefusalFirst: boolean) {
      const next = accepted[0];
      if (!next || committed.some((message) => keyOf(message) === keyOf(next))) return;
      accepted.shift();
      if (!isForGood && isAnswered(next)) resend(next.tempId);
      const refuse = () =>
        isForGood &&
        isAnswered(next) &&
        deliver({ type: "refused", tempId: next.tempId, failure: { code: "FORBIDDEN" } });
      if (isRefusalFirst) refuse();
      if (given.delete(keyOf(next))) deliver({ type: "received", body: previewOf(next, true), at: 0 });
      if (!isRefusalFirst) refuse();
    },
    repeat(nth: number) {
      const message = committed[nth % Math.max(1, committed.length)];
      const isGiven = deliveries.length === 0;
      if (message && isGiven) deliver({ type: "received", body: { ...message }, at: 0 });
    },
    edit(nth: number, isDeletion: boolean) {
      const index = nth % Math.max(1, committed.length);
      const message = committed[index];
      if (!message || message.deleted) return;
      changeSeq++;
      const editedAt = "2026-01-02T00:00:00.000Z";
      const change = isDeletion
        ? { ...message, content: "", deleted: true, changeSeq }
        : { ...message, content: `edit ${changeSeq}`, editedAt, changeSeq };
      committed[index] = change;
      // Of changes only the latest state need appear.
      deliveries = deliveries.filter((event) => !isChangeOf(event, message.id));
      deliver({ type: "received", body: change, at: 0 });
    },
    subscribe() {
      isSubscribed = true;
      connection++;
      given = new Set();
      deliveries = [];
    },
    /** What was under way is lost, and so may be what the server had not appended yet. */
    disconnect(loseAccepted: boolean) {
      isSubscribed = false;
      deliveries = [];
      if (loseAccepted) accepted.length = 0;
    },
    /** Previews that are older than 20 s count as not given. */
    forgetGiven: () => given.clear(),
    isSubscribed: () => isSubscribed,
    next: () => deliveries.shift(),
    hasWaiting: () => accepted.length > 0 || deliveries.length > 0,

    newest(limit: number): HistoryPage {
      return page(committed.filter(({ deleted }) => !deleted).slice(-limit - 1), limit);
    },
    before(seq: number, limit: number): HistoryPage {
      return page(committed.filter((message) => !message.deleted && message.seq < seq).slice(-limit - 1), limit);
    },
    changedAfter(position: number, limit: number): HistoryPage {
      const changed = committed
        .filter((message) => message.changeSeq > position)
        .toSorted((one, two) => one.changeSeq - two.changeSeq);
      const messages = changed.slice(0, limit);
      const hasMore = changed.length > limit;
      return { messages, hasMore, nextCursor: hasMore ? messages.at(-1)!.changeSeq : null, position: present() };
    },
  };

  function isChangeOf(event: Delivery, id: string): boolean {
    if (event.type !== "received" || event.body.id !== id) return false;
    return event.body.editedAt !== null || event.body.deleted;
  }

  function page(found: StoredMessage[], limit: number): HistoryPage {
    const hasMore = found.length > limit;
    const messages = found.slice(-limit);
    return { messages, hasMore, nextCursor: hasMore ? messages[0]!.seq : null, position: present() };
  }

  function present() {
    return { seq: committed.length, changeSeq };
  }
}

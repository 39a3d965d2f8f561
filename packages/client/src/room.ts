// One open room: its subscription, its reads of history, its list. What becomes of the list is timeline.ts's business.
import {
  formatTopic,
  parseContent,
  Refusal,
  type ChatMessageReceive,
  type ChatRejected,
  type ChatTimestampReceive,
  type ErrorCode,
} from "@parley/contracts";
import { v4 as createUuid } from "uuid";
import type { Room, RoomState } from "./api.ts";
import { ChatError } from "./chat-error.ts";
import { createCatchUp } from "./catch-up.ts";
import type { History } from "./history.ts";
import type { Link, LinkEnd, Subscription } from "./link.ts";
import { createSubject } from "./observable.ts";
import type { Failure, OutboxEntry } from "./outbox.ts";
import type { Sender } from "./sender.ts";
import { createTimeline, listMessages, reduce, type RoomEvent, type Timeline } from "./timeline.ts";
import type { Tracing } from "./trace.ts";

const olderPageMessages = 50;

export interface RoomOptions {
  roomId: string;
  accountId: string;
  senderName: string;
  sender: Sender;
  history: History;
  tracing: Tracing;
  /** The account has just come in: that a SUBSCRIBE is refused may be older than that. */
  isNewcomer: () => boolean;
  onClosed: () => void;
}

/** A room as its chat sees it. */
export interface OpenRoom extends Room {
  connected(link: Link): void;
  disconnected(end: LinkEnd): void;
  restored(entries: readonly OutboxEntry[]): void;
  stored(tempId: string): void;
  refused(tempId: string, failure: Failure): void;
  /** The server says something of a subscription. */
  rejected(rejection: ChatRejected): void;
  tick(now: number): void;
}

/** How long it is waited before a newcomer asks again. */
const newcomerMs = 300;

export function openRoom(options: RoomOptions): OpenRoom {
  const { roomId, accountId, senderName, sender, history, tracing, isNewcomer, onClosed } = options;
  let timeline = createTimeline(accountId);
  let link: Link | undefined;
  let subscription: Subscription | undefined;
  let refusal: ErrorCode | undefined;
  let isLoadingOlder = false;
  const state = createSubject(render());
  const catchUp = createCatchUp({ roomId, history, timeline: () => timeline, dispatch, onRefused: refuse });

  function render(): RoomState {
    const { floor, held, hasOlder } = timeline;
    const status = refusal ? "refused" : floor === undefined ? "opening" : held ? "catching-up" : "live";
    const wasRead = floor !== undefined;
    const messages = listMessages(timeline);
    return { messages, hasOlder, isLoadingOlder, status, wasRead, ...(refusal && { code: refusal }) };
  }

  function dispatch(event: RoomEvent) {
    const before = timeline;
    timeline = reduce(before, event);
    if (timeline === before) return;
    if (event.type !== "discarded" && timeline.provisional !== before.provisional) tellStored(before);
    state.set(render());
    if (timeline.hasGap && !timeline.held) catchUp.start();
  }

  /** Own messages that left the provisional ones are stored: they need not be sent any more. */
  function tellStored(before: Timeline) {
    const left = before.provisional.filter(
      (item) => !timeline.provisional.some(({ message }) => message.key === item.message.key),
    );
    for (const { message, isSending } of left) {
      if (isSending) sender.forget(message.tempId);
      const stored = tracing.isOn && timeline.stored.findLast((item) => item.message.key === message.key);
      if (!stored) continue;
      const { tempId, shownAt } = message;
      const at = Date.now();
      tracing.tell({ kind: "swap", at, roomId, tempId, id: stored.message.id, seq: stored.seq, afterMs: at - shownAt });
    }
  }

  function receive(body: unknown) {
    const message = body as ChatMessageReceive | ChatTimestampReceive;
    if ("content" in message) dispatch({ type: "received", body: message, at: Date.now() });
    else dispatch({ type: "confirmed", body: message });
  }

  function subscribe() {
    if (refusal || subscription) return;
    subscription = link?.subscribe(formatTopic(roomId), receive, () => catchUp.start());
  }

  function unsubscribe() {
    catchUp.stop();
    subscription?.end();
    subscription = undefined;
  }

  function refuse(code: ErrorCode) {
    unsubscribe();
    refusal = code;
    dispatch({ type: "disconnected" });
  }

  function startSending({ tempId, content, shownAt, code, retryAt }: Omit<OutboxEntry, "order">) {
    const failure = code && { code, ...(retryAt !== undefined && { retryAt }) };
    dispatch({ type: "sending", tempId, content, senderName, at: shownAt, failure });
  }

  const room: OpenRoom = {
    id: roomId,
    state,
    send(text) {
      const content = check(text);
      const message = { tempId: createUuid(), roomId, content, shownAt: Date.now() };
      startSending(message);
      sender.send(message);
      return message.tempId;
    },
    retry(tempId) {
      const entry = sender.retry(tempId);
      if (entry) startSending(entry);
    },
    discard(tempId) {
      const isFailed = state.get().messages.some((message) => message.tempId === tempId && message.state === "failed");
      if (!isFailed) return;
      dispatch({ type: "discarded", tempId });
      sender.forget(tempId);
    },
    async loadOlder() {
      const { floor, hasOlder } = timeline;
      if (isLoadingOlder || !hasOlder || floor === undefined) return;
      const setLoading = (is: boolean) => {
        isLoadingOlder = is;
        state.set(render());
      };
      setLoading(true);
      try {
        await catchUp.run(async (signal) => {
          const page = await history.read(roomId, { before: floor, limit: olderPageMessages }, signal);
          dispatch({ type: "older", page, before: floor });
        });
      } finally {
        setLoading(false);
      }
    },
    reopen() {
      refusal = undefined;
      state.set(render());
      subscribe();
    },
    close() {
      unsubscribe();
      link = undefined;
      onClosed();
    },
    connected(next) {
      link = next;
      subscribe();
    },
    disconnected({ code, receiptId }) {
      catchUp.stop();
      const isRefused = subscription !== undefined && subscription.id === receiptId;
      link = undefined;
      subscription = undefined;
      dispatch({ type: "disconnected" });
      if (isRefused && (code === "FORBIDDEN" || code === "NOT_FOUND" || code === "INVALID")) refuse(code);
    },
    restored: (entries) => entries.forEach(startSending),
    stored: (tempId) => dispatch({ type: "receipted", tempId }),
    refused: (tempId, failure) => dispatch({ type: "refused", tempId, failure }),
    rejected({ subscription: id, receiptId, code }) {
      if (subscription?.id !== id) return;
      if (code === "RESYNC") {
        dispatch({ type: "disconnected" });
        catchUp.startOver();
      } else if (receiptId !== undefined && isNewcomer()) {
        unsubscribe();
        setTimeout(subscribe, newcomerMs);
      } else refuse(code);
    },
    tick: (at) => dispatch({ type: "tick", at }),
  };
  room.restored(sender.entries(roomId));
  return room;
}

function check(text: string): string {
  try {
    return parseContent(text);
  } catch (error) {
    const { code, message } = Refusal.from(error);
    throw new ChatError(code, message);
  }
}

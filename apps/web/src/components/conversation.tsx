// One open room: its head, its messages, what happens to the connection, and where to write.
import type { Chat } from "@parley/client";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useObservable } from "../observe.ts";
import { explain, useSpeech } from "../words/language.ts";
import { Composer } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Icon } from "./icons.tsx";
import { MessageList } from "./message-list.tsx";

interface ConversationProps {
  chat: Chat;
  roomId: string;
  onRead: (roomId: string, seq: number) => void;
  onBack: () => void;
  isHoodOpen: boolean;
  onToggleHood: () => void;
}

export function Conversation(props: ConversationProps): JSX.Element {
  const { chat, roomId, onRead, onBack, isHoodOpen, onToggleHood } = props;
  const { words } = useSpeech();
  const room = useMemo(() => chat.room(roomId), [chat, roomId]);
  const state = useObservable(room.state);

  const connection = useObservable(chat.connection);
  const pendingCount = state.messages.filter((message) => message.state === "pending").length;
  const lastSeq = state.messages.findLast(({ seq }) => seq !== null)?.seq ?? 0;
  useRead(lastSeq, (seq) => onRead(roomId, seq));

  return (
    <main class="conversation">
      <header class="conversation-head">
        <button type="button" class="icon-button back" aria-label={words.back} onClick={onBack}>
          <Icon name="back" />
        </button>
        <div class="conversation-title">
          <h1>{roomId}</h1>
          <p class="room-status" data-status={state.status}>
            {connection.status === "connected" && state.status === "opening" && words.opening}
            {connection.status === "connected" && state.status === "catching-up" && words.catchingUp}
          </p>
        </div>
        <button
          type="button"
          class="button quiet with-icon"
          data-action="hood"
          aria-expanded={isHoodOpen}
          onClick={onToggleHood}
        >
          <Icon name="hood" />
          <span class="wide-only">{words.underTheHood}</span>
          <span class="hidden narrow-only">{words.underTheHood}</span>
        </button>
      </header>
      <ConnectionBanner chat={chat} pendingCount={pendingCount} />
      {state.status === "refused" ? (
        <div class="empty">
          <h2>{words.roomRefused}</h2>
          <p>{explain(words, state.code)}</p>
        </div>
      ) : (
        <>
          <MessageList room={room} state={state} />
          <Composer room={room} />
        </>
      )}
    </main>
  );
}

/** Read is what is there while somebody looks at the page. */
function useRead(lastSeq: number, read: (seq: number) => void): void {
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && read(lastSeq);
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [lastSeq]);
}

// One open room: its head, its messages, what happens to the connection, and where to write.
import type { Chat, RoomState } from "@parley/client";
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { findFirstNew } from "../first-new.ts";
import { useObservable } from "../observe.ts";
import type { JoinedRoom } from "../joined-rooms.ts";
import { useSpeech } from "../words/language.ts";
import { Composer } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Icon } from "./icons.tsx";
import { MessageList } from "./message-list.tsx";
import { RefusedRoom } from "./refused-room.tsx";
import { RoomStatus } from "./room-status.tsx";

interface ConversationProps {
  chat: Chat;
  /** As it was before it was opened. */
  joined: JoinedRoom;
  isJoining: boolean;
  onJoin: () => Promise<void>;
  onRead: (roomId: string, seq: number) => void;
  onBack: () => void;
  panel: PanelName | undefined;
  onToggle: (panel: PanelName) => void;
}

/** What can stand beside a conversation. */
export type PanelName = "members" | "hood";

export function Conversation(props: ConversationProps): JSX.Element {
  const { chat, joined, isJoining, onJoin, onRead, onBack, panel, onToggle } = props;
  const { id: roomId, readSeq, name = roomId } = joined;
  const { words } = useSpeech();
  const room = useMemo(() => chat.room(roomId), [chat, roomId]);
  const state = useObservable(room.state);
  const firstNew = useFirstNew(state, readSeq);
  const title = useFocusedTitle();
  const status = state.status === "refused" && isJoining ? "opening" : state.status;
  const panelTitles = { members: words.members, hood: words.underTheHood };

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
          <h1 ref={title} tabIndex={-1}>
            {name}
          </h1>
          <RoomStatus connection={connection.status} room={status} />
        </div>
        {(["members", "hood"] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="button quiet with-icon"
            data-action={one}
            aria-expanded={panel === one}
            onClick={() => onToggle(one)}
          >
            <Icon name={one === "members" ? "people" : "hood"} />
            <span class="wide-only">{panelTitles[one]}</span>
            <span class="hidden narrow-only">{panelTitles[one]}</span>
          </button>
        ))}
      </header>
      <ConnectionBanner chat={chat} pendingCount={pendingCount} />
      {status === "refused" ? (
        <RefusedRoom wasRead={state.wasRead || readSeq > 0} onJoin={onJoin} />
      ) : (
        <>
          <MessageList room={room} name={name} state={state} firstNew={firstNew} />
          <Composer room={room} name={name} />
        </>
      )}
    </main>
  );
}

/** What was new when the room was opened stays marked; what comes while it is open is not. */
function useFirstNew({ messages, status }: RoomState, readSeq: number): string | undefined {
  const [readBefore] = useState(readSeq);
  const found = useRef<{ key: string | undefined }>(undefined);
  if (found.current === undefined && status === "live") found.current = { key: findFirstNew(messages, readBefore) };
  return found.current?.key;
}

/** Where the composer does not take the focus, as on a phone, a room that is opened is read out from its title. */
function useFocusedTitle(): RefObject<HTMLHeadingElement | null> {
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (!matchMedia("(hover: hover)").matches) title.current?.focus();
  }, []);
  return title;
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

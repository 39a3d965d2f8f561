// One joined room in the list: its latest message and how many are unread. It keeps the room open, hence live.
import type { Chat } from "@parley/client";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { timeOf } from "../days.ts";
import { firstRoomId, type JoinedRoom } from "../joined-rooms.ts";
import { useObservable } from "../observe.ts";
import { useTitleUnread } from "../page-title.ts";
import { colourOf } from "../people.ts";
import { formatWhen } from "../times.ts";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

interface RoomLinkProps {
  chat: Chat;
  joined: JoinedRoom;
  isOpen: boolean;
  onLeave: () => void;
}

/** Beyond it the number says no more. */
const unreadShownMax = 49;

export function RoomLink({ chat, joined, isOpen, onLeave }: RoomLinkProps): JSX.Element {
  const { words, language } = useSpeech();
  const room = useMemo(() => chat.room(joined.id), [chat, joined.id]);
  useEffect(() => () => room.close(), [room]);
  const { messages } = useObservable(room.state);
  const last = messages.at(-1);
  const unread = messages.filter(({ seq, isMine }) => seq !== null && !isMine && seq > joined.readSeq).length;
  const count = unread > unreadShownMax ? `${unreadShownMax}+` : `${unread}`;
  useTitleUnread(isOpen ? 0 : unread);
  return (
    <li class="room">
      <a class="room-link" href={`#/${joined.id}`} data-room={joined.id} aria-current={isOpen ? "page" : undefined}>
        <span class={`room-sign colour-${colourOf(joined.id)}`} aria-hidden="true">
          <Icon name="room" />
        </span>
        <span class="room-name">{joined.id}</span>
        {last && <time class="room-time">{formatWhen(timeOf(last), language)}</time>}
        <span class="room-last">
          {last ? `${last.isMine ? words.you : last.senderName}: ${last.content}` : words.noMessagesYet}
        </span>
        {unread > 0 && !isOpen && (
          <span class="unread" data-unread={unread}>
            <span aria-hidden="true">{count}</span>
            <span class="hidden">{words.unread(count)}</span>
          </span>
        )}
      </a>
      {joined.id !== firstRoomId && (
        <button type="button" class="icon-button leave" aria-label={words.leaveRoom(joined.id)} onClick={onLeave}>
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

// One joined room in the list: its latest message and how many are unread. It keeps the room open, hence live.
import type { Chat } from "@parley/client";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { timeOf } from "../days.ts";
import type { RoomKind } from "@parley/contracts";
import type { JoinedRoom } from "../joined-rooms.ts";
import { useObservable } from "../observe.ts";
import { useTitleUnread } from "../page-title.ts";
import { colourOf } from "../people.ts";
import { formatWhen } from "../times.ts";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

interface RoomLinkProps {
  chat: Chat;
  joined: JoinedRoom;
  /** Undefined unless the account is a member. */
  kind: RoomKind | undefined;
  isJoining: boolean;
  isOpen: boolean;
  onLeave: () => void;
}

/** Beyond it the number says no more. */
const unreadShownMax = 49;

const signs = { public: "room", private: "lock", direct: "person" } as const;

export function RoomLink({ chat, joined, kind, isJoining, isOpen, onLeave }: RoomLinkProps): JSX.Element {
  const { words, language } = useSpeech();
  const room = useMemo(() => chat.room(joined.id), [chat, joined.id]);
  useEffect(() => () => room.close(), [room]);
  const { messages, status } = useObservable(room.state);
  const isOut = status === "refused" && !isJoining;
  const last = isOut ? undefined : messages.at(-1);
  const unread = isOut
    ? 0
    : messages.filter(({ seq, isMine }) => seq !== null && !isMine && seq > joined.readSeq).length;
  const name = joined.name ?? joined.id;
  const count = unread > unreadShownMax ? `${unreadShownMax}+` : `${unread}`;
  useTitleUnread(isOpen ? 0 : unread);
  return (
    <li class="room">
      <a class="room-link" href={`#/${joined.id}`} data-room={joined.id} aria-current={isOpen ? "page" : undefined}>
        <span class={`room-sign colour-${colourOf(joined.id)}`} aria-hidden="true">
          <Icon name={signs[kind ?? "public"]} />
        </span>
        <span class="room-name">{name}</span>
        {last && <time class="room-time">{formatWhen(timeOf(last), language)}</time>}
        <span class="room-last">
          {last
            ? `${last.isMine ? words.you : last.senderName}: ${last.content}`
            : isOut
              ? words.notMember
              : words.noMessagesYet}
        </span>
        {unread > 0 && !isOpen && (
          <span class="unread" data-unread={unread}>
            <span aria-hidden="true">{count}</span>
            <span class="hidden">{words.unread(count)}</span>
          </span>
        )}
      </a>
      {kind !== "direct" && (
        <button type="button" class="icon-button leave" aria-label={words.leaveRoom(name)} onClick={onLeave}>
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

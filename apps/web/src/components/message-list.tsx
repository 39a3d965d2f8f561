// The messages of a room by day, oldest above. Scrolling up loads older ones; what is looked at stays where it is.
import type { Room, RoomState } from "@parley/client";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { groupByDay } from "../days.ts";
import { daysAgo, formatDay } from "../times.ts";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";
import { Message } from "./message.tsx";
import { useScroll } from "./scroll.ts";

interface MessageListProps {
  room: Room;
  /** What it is called. */
  name: string;
  state: RoomState;
  /** The key of the first message that came while the room was not open. */
  firstNew: string | undefined;
}

export function MessageList({ room, name, state, firstNew }: MessageListProps): JSX.Element {
  const { words, language } = useSpeech();
  const { messages, hasOlder, isLoadingOlder, status } = state;
  const days = useMemo(() => groupByDay(messages), [messages]);
  const { list, isAtEnd, newCount, toEnd } = useScroll(room, state);

  function dayTitle(at: number): string {
    const ago = daysAgo(at);
    return ago === 0 ? words.today : ago === 1 ? words.yesterday : formatDay(at, language);
  }

  const isEmpty = messages.length === 0 && status === "live";
  return (
    <div class="message-area">
      <div
        class="messages"
        ref={list}
        role="log"
        aria-label={words.conversation(name)}
        aria-busy={isLoadingOlder || status === "opening"}
        tabIndex={0}
      >
        {isEmpty && (
          <div class="empty">
            <h2>{words.emptyTitle}</h2>
            <p>{words.emptyText}</p>
          </div>
        )}
        <div class="messages-top" hidden={isEmpty}>
          {isLoadingOlder && <p>{words.loadingOlder}</p>}
          {hasOlder && !isLoadingOlder && (
            <button type="button" class="link" onClick={() => void room.loadOlder().catch(() => {})}>
              {words.loadOlder}
            </button>
          )}
          {!hasOlder && !isEmpty && status !== "opening" && <p>{words.beginning}</p>}
        </div>
        {days.map((day) => (
          <section key={day.key} class="day" aria-label={dayTitle(day.at)}>
            <h2 class="day-title">
              <span>{dayTitle(day.at)}</span>
            </h2>
            <ol>
              {day.entries.map((entry) => (
                <Message key={entry.message.key} room={room} isFirstNew={entry.message.key === firstNew} {...entry} />
              ))}
            </ol>
          </section>
        ))}
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" data-action="to-end" onClick={toEnd}>
          <Icon name="down" />
          {newCount > 0 ? words.newMessages(newCount) : words.toLatest}
        </button>
      )}
    </div>
  );
}

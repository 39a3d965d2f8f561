// One bubble. What was written is shown as text, whatever it looks like.
import type { Room } from "@parley/client";
import { memo } from "preact/compat";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Entry } from "../days.ts";
import { formatTime } from "../times.ts";
import { colourOf } from "../people.ts";
import { explain, useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";

/** A message first shown longer ago does not come in, it is there. */
const arrivalMsMax = 1_000;
const korean = /\p{Script=Hangul}/u;

const marks = { pending: "clock", preview: "sent", stored: "stored", failed: "failed" } as const;

interface MessageProps extends Entry {
  room: Room;
  /** The first that came while the room was not open. */
  isFirstNew: boolean;
}

export const Message = memo(function Message(props: MessageProps): JSX.Element {
  const { message, at, isFirstOfRun, isLastOfRun, isTimeShown, isFirstNew, room } = props;
  const { words, language } = useSpeech();
  const { state, isMine, sender, senderName, content, tempId } = message;
  const [isArriving] = useState(() => state !== "stored" && Date.now() - message.shownAt < arrivalMsMax);
  const classes = [
    "message",
    isMine && "is-mine",
    isFirstOfRun && "is-first",
    isLastOfRun && "is-last",
    isArriving && "is-arriving",
  ];
  return (
    <li
      class={classes.filter(Boolean).join(" ")}
      data-key={message.key}
      data-state={state}
      data-seq={message.seq ?? undefined}
    >
      {isFirstNew && (
        <p class="new-mark">
          <span>{words.newSince}</span>
        </p>
      )}
      {!isMine && isLastOfRun && <Avatar accountId={sender} name={senderName} />}
      {isFirstOfRun && (
        <p class={isMine ? "hidden" : `author colour-${colourOf(sender)}`}>{isMine ? words.you : senderName}</p>
      )}
      <div class="bubble">
        <p class="bubble-text" lang={korean.test(content) ? "ko" : undefined}>
          {content}
        </p>
        <p class="bubble-foot">
          {message.editedAt !== null && <span>{words.edited}</span>}
          <time class={isTimeShown ? undefined : "hidden"} dateTime={new Date(at).toISOString()}>
            {formatTime(at, language)}
          </time>
          {isMine && (
            <span class="mark" title={words[state]}>
              <Icon name={marks[state]} />
              <span class="hidden">{words[state]}</span>
            </span>
          )}
        </p>
      </div>
      {state === "failed" && (
        <p class="failure">
          <span>
            {words.failed}.{" "}
            {message.retryAt === undefined
              ? explain(words, message.code)
              : words.youAreMuted(formatTime(message.retryAt, language))}
          </span>
          <button type="button" class="link" data-action="retry" onClick={() => room.retry(tempId)}>
            {words.tryAgain}
          </button>
          <button type="button" class="link" data-action="discard" onClick={() => room.discard(tempId)}>
            {words.discard}
          </button>
        </p>
      )}
    </li>
  );
}, isSame);

function isSame(one: MessageProps, next: MessageProps): boolean {
  return (
    one.message === next.message &&
    one.isFirstOfRun === next.isFirstOfRun &&
    one.isLastOfRun === next.isLastOfRun &&
    one.isTimeShown === next.isTimeShown &&
    one.isFirstNew === next.isFirstNew
  );
}

// One bubble. What was written is shown as text, whatever it looks like.
import type { Room } from "@parley/client";
import { memo } from "preact/compat";
import type { JSX } from "preact";
import type { Entry } from "../days.ts";
import { formatTime } from "../times.ts";
import { explain, useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";

const marks = { pending: "clock", preview: "sent", stored: "stored", failed: "failed" } as const;

export const Message = memo(function Message(props: Entry & { room: Room }): JSX.Element {
  const { message, at, isFirstOfRun, isLastOfRun, room } = props;
  const { words, language } = useSpeech();
  const { state, isMine, sender, senderName, content, tempId } = message;
  const classes = ["message", isMine && "is-mine", isFirstOfRun && "is-first", isLastOfRun && "is-last"];
  return (
    <li
      class={classes.filter(Boolean).join(" ")}
      data-key={message.key}
      data-state={state}
      data-seq={message.seq ?? undefined}
    >
      {!isMine && isFirstOfRun && <Avatar accountId={sender} name={senderName} />}
      {isFirstOfRun && <p class={isMine ? "hidden" : "author"}>{isMine ? words.you : senderName}</p>}
      <div class="bubble">
        <p class="bubble-text">{content}</p>
        <p class="bubble-foot">
          {message.editedAt !== null && <span>{words.edited}</span>}
          <time dateTime={new Date(at).toISOString()}>{formatTime(at, language)}</time>
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
            {words.failed}. {explain(words, message.code)}
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

function isSame(one: Entry, next: Entry): boolean {
  return one.message === next.message && one.isFirstOfRun === next.isFirstOfRun && one.isLastOfRun === next.isLastOfRun;
}

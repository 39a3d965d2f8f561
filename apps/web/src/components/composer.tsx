// Where a message is written. Enter sends, Shift+Enter begins a line; a word still being composed is not sent.
import type { Room } from "@parley/client";
import { codePoints, contentCodePointsMax, parseContent } from "@parley/contracts";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

/** From here on the count is shown. */
const countShownFrom = contentCodePointsMax - 400;

/** What was being written in each room, for as long as the page lives. */
const drafts = new Map<string, string>();

export function Composer({ room, name }: { room: Room; name: string }): JSX.Element {
  const { words } = useSpeech();
  const [text, setText] = useState(drafts.get(room.id) ?? "");
  const box = useRef<HTMLTextAreaElement>(null);
  const length = codePoints(text);
  const over = length - contentCodePointsMax;

  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) box.current?.focus();
  }, [room]);
  useEffect(() => void drafts.set(room.id, text), [room, text]);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  function send() {
    const written = box.current?.value ?? "";
    if (!isSendable(written)) return;
    room.send(written);
    setText("");
    box.current?.focus();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={box}
          name="content"
          rows={1}
          aria-label={words.writeMessage(name)}
          placeholder={words.writeMessage(name)}
          aria-describedby="composer-count"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="send" aria-label={words.send} disabled={!isSendable(text)}>
          <Icon name="send" />
        </button>
      </div>
      <p id="composer-count" class={over > 0 ? "count is-over" : "count"} role={over > 0 ? "alert" : undefined}>
        {over > 0 ? words.tooLong(over) : length >= countShownFrom ? words.left(-over) : ""}
      </p>
    </form>
  );
}

function isSendable(text: string): boolean {
  try {
    parseContent(text);
    return true;
  } catch {
    return false;
  }
}

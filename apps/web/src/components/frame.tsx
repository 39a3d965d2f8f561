// One STOMP frame of the panel: a line, and all of it when it is opened.
import type { FrameTrace } from "@parley/client";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useMemo } from "preact/hooks";
import { subjectOf } from "../frame-subject.ts";
import { useSpeech } from "../words/language.ts";

export const Frame = memo(function Frame({ frame }: { frame: FrameTrace }): JSX.Element {
  const { words } = useSpeech();
  const { command, direction, headers, body, at } = frame;
  const subject = useMemo(() => subjectOf(frame), [frame]);
  const sign = (
    <>
      <span class="frame-way" aria-hidden="true">
        {direction === "out" ? "↑" : "↓"}
      </span>
      <span class="frame-command">{command || words.heartBeat}</span>
      <span class="frame-subject">
        {subject.event && <span class={`frame-event is-${subject.event}`}>{subject.event}</span>}
        {subject.event ? subject.place.replace("/topic/", "") : subject.place}
      </span>
      <time>{new Date(at).toISOString().slice(11, 23)}</time>
    </>
  );
  if (command === "")
    return (
      <li class="frame is-heart-beat" data-frame={direction}>
        <div class="frame-line">{sign}</div>
      </li>
    );
  return (
    <li class="frame" data-frame={direction} data-command={command}>
      <details>
        <summary class="frame-line">{sign}</summary>
        <pre tabIndex={0}>
          {Object.entries(headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join("\n")}
          {body && `\n\n${indent(body)}`}
        </pre>
      </details>
    </li>
  );
});

function indent(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

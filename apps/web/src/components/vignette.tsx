// The promise, drawn: three bubbles and what their marks mean.
import type { JSX } from "preact";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

export function Vignette(): JSX.Element {
  const { words } = useSpeech();
  const lines = [
    ["stored", words.vignetteStored, words.stored],
    ["sent", words.vignettePreview, words.preview],
    ["clock", words.vignettePending, words.pending],
  ] as const;
  return (
    <ol class="vignette" aria-hidden="true">
      {lines.map(([icon, text, meaning]) => (
        <li key={icon} class={`vignette-line is-${icon}`}>
          <span class="vignette-bubble">
            {text}
            <Icon name={icon} />
          </span>
          <span class="vignette-meaning">{meaning}</span>
        </li>
      ))}
    </ol>
  );
}

// What stands beside the conversation, or over it where there is no room: a title, a way out, and its content.
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

export interface PanelProps {
  title: string;
  /** It covers what it was opened from, so it takes the focus. */
  isOverPage: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

export function Panel({ title, isOverPage, onClose, children }: PanelProps): JSX.Element {
  const { words } = useSpeech();
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (isOverPage) close.current?.focus();
  }, []);
  return (
    <aside
      class="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header class="panel-head">
        <h2>{title}</h2>
        <button ref={close} type="button" class="icon-button" aria-label={words.closePanel} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="panel-body" tabIndex={0} role="group" aria-label={title}>
        {children}
      </div>
    </aside>
  );
}

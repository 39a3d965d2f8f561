// Says what happens to the connection, as long as it is not simply there.
import type { Chat, ConnectionState } from "@parley/client";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useObservable } from "../observe.ts";
import type { Words } from "../words/english.ts";
import { useSpeech } from "../words/language.ts";

/** A connection that is made within this is not worth a word. */
const patienceMs = 400;

interface ConnectionBannerProps {
  chat: Chat;
  /** Own messages that wait for the connection. */
  pendingCount?: number;
}

export function ConnectionBanner({ chat, pendingCount = 0 }: ConnectionBannerProps): JSX.Element {
  const { words } = useSpeech();
  const state = useObservable(chat.connection);
  const isUp = state.status === "connected";
  const [isShown, setIsShown] = useState(false);
  const now = useSeconds(isShown);
  useEffect(() => {
    if (isUp) return setIsShown(false);
    const timer = setTimeout(() => setIsShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isUp]);
  return (
    <div role="status" class={isShown ? "banner is-shown" : "banner"} data-connection={state.status}>
      {isShown && (
        <>
          <span aria-hidden="true">{explainState(state, words, now)}</span>
          {/* Read out once, not with every second. */}
          <span class="hidden">{explainState(state, words, Infinity)}</span>
          {pendingCount > 0 && <span> {words.pendingCount(pendingCount)}</span>}
        </>
      )}
    </div>
  );
}

function explainState(state: ConnectionState, words: Words, now: number): string {
  if (state.status !== "waiting") return words.connecting;
  if (state.code === "RESTART") return words.restarting;
  if (state.code === "OVERLOADED" || state.code === "UNAVAILABLE") return words.overloaded;
  const seconds = Math.ceil((state.retryAt - now) / 1_000);
  return seconds > 1 ? words.waiting(seconds) : words.waitingNow;
}

/** Milliseconds since 1970, anew each second while it is looked at. */
function useSeconds(isOn: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isOn) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}

// Where a list of messages is scrolled to: at its end it follows, elsewhere it stays, at its top it loads older ones.
import type { Room, RoomMessage, RoomState } from "@parley/client";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** As near to an edge as this counts as there, in CSS pixels. */
const endPx = 48;
const topPx = 400;

interface Scroll {
  list: RefObject<HTMLDivElement | null>;
  isAtEnd: boolean;
  /** Messages that came since the end was left. */
  newCount: number;
  toEnd: () => void;
}

export function useScroll(room: Room, { messages, hasOlder }: RoomState): Scroll {
  const list = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  /** The newest message when the end was left. */
  const [leftAt, setLeftAt] = useState<string>();
  const before = useRef({ messages, height: 0, top: 0, isAtEnd: true });

  const toEnd = () => list.current?.scrollTo({ top: list.current.scrollHeight });

  // After each change, before it is painted: follow the end, or keep what is looked at in its place.
  useLayoutEffect(() => {
    const box = list.current!;
    const { messages: old, height, top, isAtEnd: wasAtEnd } = before.current;
    const isOwnNew = isNew(old, messages) && messages.at(-1)?.isMine === true;
    const isOlderAbove = old.length > 0 && old[0]?.key !== messages[0]?.key;
    if (wasAtEnd || isOwnNew) box.scrollTop = box.scrollHeight;
    else if (isOlderAbove) box.scrollTop = top + (box.scrollHeight - height);
    remember();
  }, [messages]);

  function remember() {
    const box = list.current;
    if (!box) return;
    const isNowAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < endPx;
    before.current = { messages, height: box.scrollHeight, top: box.scrollTop, isAtEnd: isNowAtEnd };
    if (isNowAtEnd === isAtEnd) return;
    setIsAtEnd(isNowAtEnd);
    setLeftAt(messages.at(-1)?.key);
  }

  useEffect(() => {
    const box = list.current!;
    const onScroll = () => {
      remember();
      if (box.scrollTop < topPx && hasOlder) room.loadOlder().catch(() => {}); // The next scroll tries again.
    };
    onScroll();
    box.addEventListener("scroll", onScroll, { passive: true });
    // A keyboard that opens, a window that shrinks: the end stays in view.
    const sizes = new ResizeObserver(() => before.current.isAtEnd && toEnd());
    sizes.observe(box);
    return () => {
      box.removeEventListener("scroll", onScroll);
      sizes.disconnect();
    };
  });

  const newCount = isAtEnd ? 0 : messages.length - 1 - messages.findLastIndex(({ key }) => key === leftAt);
  return { list, isAtEnd, newCount: leftAt === undefined ? 0 : Math.max(0, newCount), toEnd };
}

function isNew(old: readonly RoomMessage[], messages: readonly RoomMessage[]): boolean {
  const last = messages.at(-1);
  return last !== undefined && !old.some(({ key }) => key === last.key);
}

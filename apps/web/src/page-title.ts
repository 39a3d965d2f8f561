// The title of the page: the open room, and how much is unread elsewhere.
import { useEffect } from "preact/hooks";

const state = { place: "", unread: 0 };

function show(change: Partial<typeof state>): void {
  Object.assign(state, change);
  const count = state.unread > 0 ? `(${state.unread}) ` : "";
  const place = state.place === "" ? "" : `${state.place} · `;
  document.title = `${count}${place}Parley`;
}

/** Where one is: a room, or a screen. */
export function useTitlePlace(place: string): void {
  useEffect(() => show({ place }), [place]);
}

/** Counted together with that of other rooms. */
export function useTitleUnread(unread: number): void {
  useEffect(() => {
    show({ unread: state.unread + unread });
    return () => show({ unread: state.unread - unread });
  }, [unread]);
}

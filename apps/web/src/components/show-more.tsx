// Where there is a further page of a list.
import type { JSX } from "preact";
import type { Act } from "../act.ts";
import type { Pages } from "../pages.ts";
import { useSpeech } from "../words/language.ts";

interface ShowMoreProps {
  pages: Pages<unknown>;
  acting: Act;
  /** Of what there is more. */
  of: string;
}

export function ShowMore({ pages: { nextCursor, load }, acting, of }: ShowMoreProps): JSX.Element | null {
  const { words } = useSpeech();
  if (nextCursor === null) return null;
  return (
    <button
      type="button"
      class="link"
      aria-label={`${words.showMore}: ${of}`}
      disabled={acting.isBusy}
      onClick={() => void acting.act(() => load(nextCursor))}
    >
      {words.showMore}
    </button>
  );
}

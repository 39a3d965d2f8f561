// Who may not come into a room any more, for those who can let them in again.
import type { ShutOutPage } from "@parley/contracts";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { Act } from "../act.ts";
import type { Pages } from "../pages.ts";
import { useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";
import { ShowMore } from "./show-more.tsx";

interface BannedProps {
  banned: Pages<ShutOutPage["accounts"][number]>;
  acting: Act;
  onUnban: (accountId: string) => void;
}

export function Banned({ banned, acting, onUnban }: BannedProps): JSX.Element | null {
  const { words } = useSpeech();
  const title = useId();
  if (banned.items.length === 0) return null;
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{words.banned}</h3>
      <ul class="members">
        {banned.items.map(({ accountId, name }) => (
          <li key={accountId} class="member-line" data-banned={accountId}>
            <Avatar accountId={accountId} name={name} />
            <span class="member-name">{name}</span>
            <button
              type="button"
              class="button quiet"
              data-action="unban"
              aria-label={words.unbanPerson(name)}
              disabled={acting.isBusy}
              onClick={() => onUnban(accountId)}
            >
              {words.unban}
            </button>
          </li>
        ))}
      </ul>
      <ShowMore pages={banned} acting={acting} of={words.banned} />
    </section>
  );
}

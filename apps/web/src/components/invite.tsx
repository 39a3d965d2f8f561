// Where people are found by name, and invited into the room.
import type { Chat } from "@parley/client";
import type { Member, PublicAccount } from "@parley/contracts";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";
import { readField } from "./field.tsx";

interface InviteProps {
  chat: Chat;
  roomId: string;
  /** Who is in already. */
  members: readonly Member[];
  onInvited: () => void;
}

export function Invite({ chat, roomId, members, onInvited }: InviteProps): JSX.Element {
  const { words } = useSpeech();
  const [found, setFound] = useState<readonly PublicAccount[]>();
  const { isBusy, fault, act } = useAct({ CONFLICT: words.isBanned, FORBIDDEN: words.notAllowed });
  const others = found?.filter(({ id }) => !members.some(({ accountId }) => accountId === id));

  function search(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const query = readField(event.currentTarget)("query").trim();
    if (query !== "") void act(async () => setFound(await chat.rooms.findAccounts(query)));
  }

  return (
    <div class="invite">
      <form role="search" onSubmit={search}>
        <input
          name="query"
          type="search"
          aria-label={words.findPeople}
          placeholder={words.findPeople}
          autocomplete="off"
          maxLength={64}
        />
        <button type="submit" class="button quiet" disabled={isBusy}>
          {words.search}
        </button>
      </form>
      <p class="fault" role="alert">
        {fault}
      </p>
      <p class="hint" role="status">
        {others?.length === 0 && words.nobodyFound}
      </p>
      <ul>
        {others?.map(({ id, nickname }) => (
          <li key={id} class="member-line" data-found={id}>
            <Avatar accountId={id} name={nickname} />
            <span class="member-name">{nickname}</span>
            <button
              type="button"
              class="button quiet"
              data-action="invite"
              disabled={isBusy}
              onClick={async () => {
                if (!(await act(() => chat.rooms.invite(roomId, id)))) return;
                setFound(undefined);
                onInvited();
              }}
            >
              {words.invite}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

// Who is in a room: their roles, and for owners and moderators who else may come in, and who may not stay.
import type { Chat } from "@parley/client";
import type { Member, RoomRole } from "@parley/contracts";
import type { JSX } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";
import { Invite } from "./invite.tsx";
import { MemberRow } from "./member-row.tsx";
import { Panel, type PanelProps } from "./panel.tsx";

const ranks: Record<RoomRole, number> = { owner: 3, moderator: 2, member: 1 };

/** Others come and go while the list is looked at. */
const askAgainMs = 10_000;

type MembersProps = Omit<PanelProps, "title" | "children"> & {
  chat: Chat;
  roomId: string;
  accountId: string;
  /** Opens the room of the two. */
  onTalk: (accountId: string) => Promise<void>;
};

export function Members({ chat, roomId, accountId, onTalk, ...panel }: MembersProps): JSX.Element {
  const { words } = useSpeech();
  const { members, nextCursor, isLong, load } = useMembers(chat, roomId);
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.notAllowed, CONFLICT: words.isBanned });
  useEffect(() => void act(() => load()), [load]);
  useEffect(() => {
    if (isLong) return;
    const timer = setInterval(() => load().catch(() => {}), askAgainMs);
    return () => clearInterval(timer);
  }, [load, isLong]);
  const list = useRef<HTMLUListElement>(null);
  const own = members.find((member) => member.accountId === accountId)?.role ?? "member";

  /** Whose row goes takes the focus with it. */
  async function change(task: () => Promise<unknown>) {
    await act(async () => {
      await task();
      await load();
    });
    if (document.activeElement === document.body) list.current?.focus();
  }

  return (
    <Panel title={words.members} {...panel}>
      {own !== "member" && (
        <Invite chat={chat} roomId={roomId} members={members} onInvited={() => void act(() => load())} />
      )}
      <p class="fault" role="alert">
        {fault}
      </p>
      <ul ref={list} class="members" tabIndex={-1} aria-label={words.members} aria-busy={isBusy}>
        {members
          .toSorted((one, other) => ranks[other.role] - ranks[one.role] || one.name.localeCompare(other.name))
          .map((member) => (
            <MemberRow
              key={member.accountId}
              member={member}
              isSelf={member.accountId === accountId}
              mayModerate={own !== "member" && ranks[own] > ranks[member.role]}
              mayPromote={own === "owner"}
              rooms={chat.rooms}
              roomId={roomId}
              onChange={(task) => void change(task)}
              onTalk={() => void act(() => onTalk(member.accountId))}
            />
          ))}
      </ul>
      {nextCursor !== null && (
        <button type="button" class="link" disabled={isBusy} onClick={() => void act(() => load(nextCursor))}>
          {words.showMore}
        </button>
      )}
    </Panel>
  );
}

interface MemberList {
  members: readonly Member[];
  nextCursor: string | null;
  /** More than the first page is shown. */
  isLong: boolean;
  /** From the beginning, or further on. */
  load: (cursor?: string) => Promise<void>;
}

function useMembers(chat: Chat, roomId: string): MemberList {
  const [list, setList] = useState<Omit<MemberList, "load">>({ members: [], nextCursor: null, isLong: false });
  const load = useCallback(
    async (cursor?: string) => {
      const page = await chat.rooms.members(roomId, cursor === undefined ? {} : { cursor });
      setList((before) => ({
        members: cursor === undefined ? page.members : [...before.members, ...page.members],
        nextCursor: page.nextCursor,
        isLong: cursor !== undefined,
      }));
    },
    [chat, roomId],
  );
  return { ...list, load };
}

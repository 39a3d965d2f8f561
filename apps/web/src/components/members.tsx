// Who is in a room: their roles, and for owners and moderators who else may come in, who may not, and the room itself.
import type { Chat, ListFrom, Rooms } from "@parley/client";
import type { RoomRole } from "@parley/contracts";
import type { JSX } from "preact";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { useAct } from "../act.ts";
import { useBlocked } from "../blocked.ts";
import type { JoinedRoom } from "../joined-rooms.ts";
import { usePages } from "../pages.ts";
import { useSpeech } from "../words/language.ts";
import { Banned } from "./banned.tsx";
import { Invite } from "./invite.tsx";
import { MemberRow } from "./member-row.tsx";
import { Panel, type PanelProps } from "./panel.tsx";
import { RoomSettings } from "./room-settings.tsx";
import { ShowMore } from "./show-more.tsx";

const ranks: Record<RoomRole, number> = { owner: 3, moderator: 2, member: 1 };

/** Others come and go while the list is looked at. */
const askAgainMs = 10_000;

type MembersProps = Omit<PanelProps, "title" | "children"> & {
  chat: Chat;
  /** Where they are, as this browser knows it. */
  room: JoinedRoom;
  /** One's own as far as the list does not say, which may be long. */
  role: RoomRole | undefined;
  accountId: string;
  /** Opens the room of the two. */
  onTalk: (accountId: string) => Promise<void>;
  onRename: (name: string) => Promise<void>;
  onDelete: () => Promise<void>;
};

export function Members(props: MembersProps): JSX.Element {
  const { chat, room, role = "member", accountId, onTalk, onRename, onDelete, ...panel } = props;
  const { id: roomId, name = roomId } = room;
  const { rooms } = chat;
  const { words } = useSpeech();
  const members = usePages(useCallback((from) => readMembers(rooms, roomId, from), [rooms, roomId]));
  const banned = usePages(useCallback((from) => readBanned(rooms, roomId, from), [rooms, roomId]));
  const { blocked, loadBlocked } = useBlocked(rooms);
  const acting = useAct({
    FORBIDDEN: words.notAllowed,
    CONFLICT: words.isBanned,
    TOO_MANY: words.tooManyBlocked,
  });
  const { isBusy, fault, act } = acting;
  const own = members.items.find((member) => member.accountId === accountId)?.role ?? role;
  const isInCharge = own !== "member";
  const load = useCallback(
    async () => void (await Promise.all([members.load(), isInCharge && banned.load()])),
    [members.load, banned.load, isInCharge],
  );
  const isLong = members.isLong || banned.isLong;
  useEffect(() => void act(load), [load]);
  useEffect(() => void loadBlocked().catch(() => {}), [loadBlocked]);
  useEffect(() => {
    if (isLong) return;
    const timer = setInterval(() => load().catch(() => {}), askAgainMs);
    return () => clearInterval(timer);
  }, [load, isLong]);
  const list = useRef<HTMLUListElement>(null);

  /** Whose row goes takes the focus with it. */
  async function change(task: () => Promise<unknown>) {
    await act(async () => {
      await task();
      await Promise.all([load(), loadBlocked()]);
    });
    if (document.activeElement === document.body) list.current?.focus();
  }

  return (
    <Panel title={words.members} {...panel}>
      {isInCharge && <Invite chat={chat} roomId={roomId} members={members.items} onInvited={() => void act(load)} />}
      <p class="fault" role="alert">
        {fault}
      </p>
      <ul ref={list} class="members" tabIndex={-1} aria-label={words.members} aria-busy={isBusy}>
        {members.items
          .toSorted((one, other) => ranks[other.role] - ranks[one.role] || one.name.localeCompare(other.name))
          .map((member) => (
            <MemberRow
              key={member.accountId}
              member={member}
              isSelf={member.accountId === accountId}
              isBlocked={blocked.has(member.accountId)}
              mayModerate={isInCharge && ranks[own] > ranks[member.role]}
              mayPromote={own === "owner"}
              rooms={rooms}
              roomId={roomId}
              onChange={(task) => void change(task)}
              onTalk={() => void act(() => onTalk(member.accountId))}
            />
          ))}
      </ul>
      <ShowMore pages={members} acting={acting} of={words.members} />
      {isInCharge && (
        <>
          <Banned banned={banned} acting={acting} onUnban={(who) => void change(() => rooms.unban(roomId, who))} />
          <RoomSettings name={name} onRename={onRename} onDelete={own === "owner" ? onDelete : undefined} />
        </>
      )}
    </Panel>
  );
}

async function readMembers(rooms: Rooms, roomId: string, from: ListFrom) {
  const { members, nextCursor } = await rooms.members(roomId, from);
  return { items: members, nextCursor };
}

async function readBanned(rooms: Rooms, roomId: string, from: ListFrom) {
  const { accounts, nextCursor } = await rooms.bans(roomId, from);
  return { items: accounts, nextCursor };
}

// One member: name and role, and behind it what one may do.
import type { Rooms } from "@parley/client";
import type { Member } from "@parley/contracts";
import type { JSX } from "preact";
import { formatTime } from "../times.ts";
import { useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";

const muteSeconds = 600;

interface MemberRowProps {
  member: Member;
  isSelf: boolean;
  /** By oneself: their messages and invitations are not wanted. */
  isBlocked: boolean;
  mayModerate: boolean;
  mayPromote: boolean;
  rooms: Rooms;
  roomId: string;
  onChange: (task: () => Promise<unknown>) => void;
  onTalk: () => void;
}

export function MemberRow(props: MemberRowProps): JSX.Element {
  const { member, isSelf, isBlocked, mayModerate, mayPromote, rooms, roomId, onChange, onTalk } = props;
  const { words, language } = useSpeech();
  const { accountId, name, role, mutedUntil } = member;
  const person = (
    <>
      <Avatar accountId={accountId} name={name} />
      <span class="member-name">
        {name} {isSelf && <span class="hint">({words.you})</span>}
        {isBlocked && <span class="hint">({words.blocked})</span>}
      </span>
      <span class="member-role">
        {mutedUntil === null ? words.roles[role] : words.mutedUntil(formatTime(Date.parse(mutedUntil), language))}
      </span>
    </>
  );
  if (isSelf)
    return (
      <li class="member" data-member={accountId}>
        <div class="member-line">{person}</div>
      </li>
    );
  const actions: [string, string, () => void][] = [["talk", words.talk, onTalk]];
  const offer = (action: string, label: string, task: () => Promise<unknown>) =>
    actions.push([action, label, () => onChange(task)]);
  if (mayPromote && role === "member")
    offer("promote", words.makeModerator, () => rooms.invite(roomId, accountId, "moderator"));
  if (mayPromote && role === "moderator") {
    offer("demote", words.makeMember, () => rooms.invite(roomId, accountId, "member"));
    offer("hand-over", words.makeOwner, () => rooms.invite(roomId, accountId, "owner"));
  }
  if (mayModerate) {
    if (mutedUntil === null) offer("mute", words.mute, () => rooms.mute(roomId, accountId, muteSeconds));
    else offer("unmute", words.unmute, () => rooms.unmute(roomId, accountId));
    offer("remove", words.remove, () => rooms.remove(roomId, accountId));
    offer("ban", words.ban, () => rooms.ban(roomId, accountId));
  }
  if (isBlocked) offer("unblock", words.unblock, () => rooms.unblock(accountId));
  else offer("block", words.block, () => rooms.block(accountId));
  return (
    <li class="member" data-member={accountId}>
      <details>
        <summary class="member-line">{person}</summary>
        <div class="member-actions">
          {actions.map(([action, label, run]) => (
            <button key={action} type="button" class="button quiet" data-action={action} onClick={run}>
              {label}
            </button>
          ))}
        </div>
      </details>
    </li>
  );
}

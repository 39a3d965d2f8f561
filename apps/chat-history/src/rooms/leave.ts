// Going out of a room: by oneself, or sent away by somebody of a higher rank.
import { Refusal } from "@parley/contracts";
import type { MemberState, RoomChange, RoomChanges, RoomState } from "../store/room-change.ts";
import { isMember, requireAbove, requireManyRoom, requireRole, stranger, type Actor } from "./rules.ts";

export interface LeaveOptions {
  changes: RoomChanges;
  /** As of ROOMS_AUTO_CREATE: then those who never joined a public room can be sent away too. */
  isOpen: boolean;
}

/** Nothing happens to who is not in. @throws Refusal FORBIDDEN, CONFLICT (an owner, while others are in) */
export async function leave(
  { changes, isOpen }: LeaveOptions,
  actor: Actor,
  roomId: string,
  accountId: string,
): Promise<void> {
  await changes.run(roomId, async (change) => {
    const room = await requireManyRoom(change);
    const target = await change.readMember(accountId);
    if (accountId === actor.accountId) await goOut(change, room, actor, target);
    else await sendAway(change, actor, accountId, target, isOpen && room.kind === "public");
  });
}

async function goOut(
  change: RoomChange,
  { kind }: RoomState,
  { accountId, address }: Actor,
  own: MemberState | undefined,
): Promise<void> {
  // Who never was in a private room, be they banned or muted there, is not told that it is there.
  if (kind === "private" && !own?.joinedAt) throw new Refusal("FORBIDDEN", "never was a member");
  if (!isMember(own)) return;
  if (own.role === "owner" && change.members > 1) throw new Refusal("CONFLICT", "the owner, while others are in");
  await change.putMember(accountId, "left", { ...own, status: "left", role: "member" });
  await change.audit({ action: "member.left", actor: accountId, target: accountId, address });
}

async function sendAway(
  change: RoomChange,
  actor: Actor,
  accountId: string,
  target: MemberState = stranger,
  isGuestIn: boolean,
): Promise<void> {
  requireAbove(await requireRole(change, actor, ["owner", "moderator"]), target);
  if (!isMember(target) && !(isGuestIn && target.status === "left")) return;
  await change.putMember(accountId, "removed", { ...target, status: "removed", role: "member" });
  await change.audit({
    action: "member.removed",
    actor: actor.accountId,
    target: accountId,
    address: actor.address,
  });
}

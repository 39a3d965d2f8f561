// Coming into a room: by oneself into a public one, by invitation into any.
import { isDirectRoomId, Refusal, type RoomRole } from "@parley/contracts";
import { hasBlocked } from "../store/blocks.ts";
import type { MemberState, RoomChange, RoomChanges, RoomState } from "../store/room-change.ts";
import { hasOwner } from "../store/rooms.ts";
import { nameAccount } from "../store/senders.ts";
import { makeOwnedRoom } from "./make-room.ts";
import { requirePlace } from "./room-limits.ts";
import { giveRole } from "./roles.ts";
import { isMember, requireManyRoom, requireRole, stranger, type Actor, type RoomLimits } from "./rules.ts";

export interface JoinOptions {
  changes: RoomChanges;
  limits: RoomLimits;
  /** As of ROOMS_AUTO_CREATE. */
  isOpen: boolean;
}

export interface Joining {
  roomId: string;
  accountId: string;
  /** To be given; as it is, or `member`, if undefined. */
  role: RoomRole | undefined;
}

/**
 * Oneself or somebody else, who may be in already: then only the role can change.
 * @throws Refusal FORBIDDEN, CONFLICT, NOT_FOUND (the account was deleted), TOO_MANY, RATE_LIMITED
 */
export async function join({ changes, limits, isOpen }: JoinOptions, actor: Actor, joining: Joining): Promise<void> {
  const { roomId, accountId, role } = joining;
  await changes.runFor([accountId], roomId, async (change) => {
    const isSelf = accountId === actor.accountId;
    if (isSelf && isOpen && !isDirectRoomId(roomId) && !(await change.readRoom()))
      await makeOwnedRoom(change, limits, actor, { name: null, kind: "public" });
    const room = await requireManyRoom(change);
    const target = await change.readMember(accountId);
    if (!isMember(target))
      await (isSelf ? enter(change, room, actor, target, limits) : invite(change, room, actor, accountId, limits));
    else if (!isSelf) await requireRole(change, actor, ["owner", "moderator"]);
    if (role !== undefined) await giveRole(change, actor, accountId, role);
  });
}

/** A public room without an owner is had by the first who joins it. */
async function enter(
  change: RoomChange,
  room: RoomState,
  actor: Actor,
  own: MemberState | undefined,
  limits: RoomLimits,
): Promise<void> {
  const { accountId, address } = actor;
  if (room.kind !== "public" || own?.status === "banned") throw new Refusal("FORBIDDEN", "not open to this account");
  await requirePlace(change, room.kind, accountId, limits);
  const role = (await hasOwner(change)) ? "member" : "owner";
  await nameAccount(change.client, actor);
  await change.putMember(accountId, "joined", joined(change, own, role));
  await change.audit({ action: "member.joined", actor: accountId, target: accountId, address, detail: role });
}

async function invite(
  change: RoomChange,
  room: RoomState,
  actor: Actor,
  accountId: string,
  limits: RoomLimits,
): Promise<void> {
  await requireRole(change, actor, ["owner", "moderator"]);
  const target = await change.readMember(accountId);
  if (target?.status === "banned") throw new Refusal("CONFLICT", "banned");
  if (await hasBlocked(change.client, accountId, actor.accountId)) throw new Refusal("FORBIDDEN", "blocked by them");
  await requirePlace(change, room.kind, accountId, limits);
  await change.putMember(accountId, "joined", joined(change, target, "member"));
  await change.audit({
    action: "member.invited",
    actor: actor.accountId,
    target: accountId,
    address: actor.address,
  });
}

function joined({ now }: RoomChange, before: MemberState = stranger, role: RoomRole): MemberState {
  return { status: "member", role, mutedUntil: before.mutedUntil, joinedAt: now };
}

// Who may do what to whom in a room: ranks, and what is asked of whoever changes something. It writes nothing.
import { Refusal, type RoomRole } from "@parley/contracts";
import type { MemberState, RoomChange, RoomState } from "../store/room-change.ts";

/** Whoever asks for a change. */
export interface Actor {
  accountId: string;
  name: string;
  /** Where they ask from. */
  address: string;
}

/** How many of what there may be. */
export interface RoomLimits {
  roomsPerHourMax: number;
  roomsPerAccountMax: number;
  membersPerPrivateRoomMax: number;
  blocksPerAccountMax: number;
}

const ranks: Record<RoomRole, number> = { owner: 3, moderator: 2, member: 1 };

/** Rooms of two have no members to choose. One that is not there, or was deleted, is refused like somebody else's. */
export async function requireManyRoom(change: RoomChange): Promise<RoomState> {
  const room = await change.readRoom();
  if (!room || room.isDeleted) throw new Refusal("FORBIDDEN", "no such room");
  if (room.kind === "direct") throw new Refusal("FORBIDDEN", "a room of two");
  return room;
}

/** The actor's role in a room of many, one of those that are wanted. @throws Refusal FORBIDDEN */
export async function requireRole(change: RoomChange, { accountId }: Actor, wanted: RoomRole[]): Promise<RoomRole> {
  await requireManyRoom(change);
  const own = await change.readMember(accountId);
  if (!isMember(own) || !wanted.includes(own.role)) throw new Refusal("FORBIDDEN", `not one of ${wanted.join(", ")}`);
  return own.role;
}

/** Nobody does anything to somebody of their own rank, or a higher one. @throws Refusal FORBIDDEN */
export function requireAbove(role: RoomRole, target: MemberState | undefined): void {
  if (isMember(target) && ranks[role] <= ranks[target.role]) throw new Refusal("FORBIDDEN", "of no lower rank");
}

export function isMember(state: MemberState | undefined): state is MemberState & { status: "member" } {
  return state?.status === "member";
}

/** The state of somebody who was never concerned. */
export const stranger: MemberState = { status: "left", role: "member", mutedUntil: null, joinedAt: null };

// Keeping accounts out of a room, and keeping them quiet in it, by its owner and moderators.
import type { AccessChange } from "@parley/contracts";
import type { MemberState, RoomChange, RoomChanges } from "../store/room-change.ts";
import { requireAbove, requireRole, stranger, type Actor } from "./rules.ts";

/** What becomes of an account; undefined: it is so already. */
type Decide = (state: MemberState, change: RoomChange) => MemberState | undefined;

interface Measure {
  change: AccessChange;
  decide: Decide;
  detail?: string;
}

/** @throws Refusal FORBIDDEN */
export function ban(changes: RoomChanges, actor: Actor, roomId: string, accountId: string): Promise<void> {
  return take(changes, actor, roomId, accountId, {
    change: "banned",
    decide: (state) => (state.status === "banned" ? undefined : { ...state, status: "banned", role: "member" }),
  });
}

/** Back to who was never in. @throws Refusal FORBIDDEN */
export function unban(changes: RoomChanges, actor: Actor, roomId: string, accountId: string): Promise<void> {
  return take(changes, actor, roomId, accountId, {
    change: "unbanned",
    decide: (state) => (state.status === "banned" ? { ...state, status: "left" } : undefined),
  });
}

/** From now on; a mute that is in force is replaced, and leaving does not end it. @throws Refusal FORBIDDEN */
export function mute(
  changes: RoomChanges,
  actor: Actor,
  roomId: string,
  accountId: string,
  seconds: number,
): Promise<void> {
  return take(changes, actor, roomId, accountId, {
    change: "muted",
    decide: (state, { now }) => ({ ...state, mutedUntil: new Date(now.getTime() + seconds * 1_000) }),
    detail: `${seconds} s`,
  });
}

/** @throws Refusal FORBIDDEN */
export function unmute(changes: RoomChanges, actor: Actor, roomId: string, accountId: string): Promise<void> {
  return take(changes, actor, roomId, accountId, {
    change: "unmuted",
    decide: (state, { now }) =>
      state.mutedUntil !== null && state.mutedUntil > now ? { ...state, mutedUntil: null } : undefined,
  });
}

async function take(
  changes: RoomChanges,
  actor: Actor,
  roomId: string,
  accountId: string,
  { change: happened, decide, detail }: Measure,
): Promise<void> {
  await changes.run(roomId, async (change) => {
    const role = await requireRole(change, actor, ["owner", "moderator"]);
    const state = (await change.readMember(accountId)) ?? stranger;
    requireAbove(role, state);
    const next = decide(state, change);
    if (!next) return;
    await change.putMember(accountId, happened, next);
    await change.audit({
      action: `member.${happened}`,
      actor: actor.accountId,
      target: accountId,
      address: actor.address,
      detail,
    });
  });
}

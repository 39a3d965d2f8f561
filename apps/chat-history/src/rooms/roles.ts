// Giving roles. There is one owner: who gives that away becomes a moderator.
import { Refusal, type RoomRole } from "@parley/contracts";
import type { RoomChange } from "../store/room-change.ts";
import { isMember, requireRole, type Actor } from "./rules.ts";

/** To a member. Nothing happens if it is theirs already. @throws Refusal FORBIDDEN, CONFLICT */
export async function giveRole(change: RoomChange, actor: Actor, accountId: string, role: RoomRole): Promise<void> {
  const target = await change.readMember(accountId);
  if (!isMember(target)) throw new Refusal("CONFLICT", "not a member");
  if (target.role === role) return;
  await requireRole(change, actor, ["owner"]);
  if (accountId === actor.accountId) throw new Refusal("CONFLICT", "an owner hands the room over, or stays");
  if (role === "owner") await putRole(change, actor, actor.accountId, "moderator");
  await putRole(change, actor, accountId, role);
}

async function putRole(change: RoomChange, actor: Actor, accountId: string, role: RoomRole): Promise<void> {
  const state = await change.readMember(accountId);
  await change.putMember(accountId, "role", { ...state!, role });
  await change.audit({
    action: "member.role",
    actor: actor.accountId,
    target: accountId,
    address: actor.address,
    detail: role,
  });
}

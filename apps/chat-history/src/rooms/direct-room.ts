// The one room of two people: the same for ever, whoever of them asks first, or both at once.
import { createHash } from "node:crypto";
import { Refusal } from "@parley/contracts";
import { hasBlocked } from "../store/blocks.ts";
import type { RoomChange, RoomChanges } from "../store/room-change.ts";
import { insertRoom } from "../store/rooms.ts";
import { isDeletedAccount, nameAccount } from "../store/senders.ts";
import { requireMayMake } from "./room-limits.ts";
import { stranger, type Actor, type RoomLimits } from "./rules.ts";

/** @throws Refusal INVALID: nobody talks to themselves */
export function directRoomIdOf(one: string, other: string): string {
  if (one === other) throw new Refusal("INVALID", "a room of two with oneself");
  const pair = JSON.stringify([one, other].toSorted());
  return `dm-${createHash("sha256").update(pair).digest("base64url")}`;
}

/** @throws Refusal INVALID, NOT_FOUND (the other was deleted), FORBIDDEN (blocked by the other), RATE_LIMITED */
export async function openDirectRoom(
  changes: RoomChanges,
  limits: RoomLimits,
  actor: Pick<Actor, "accountId"> & Partial<Actor>,
  accountId: string,
): Promise<string> {
  const roomId = directRoomIdOf(actor.accountId, accountId);
  await changes.runFor([actor.accountId, accountId], roomId, async (change) => {
    const { name, address } = actor;
    if (name !== undefined) await nameAccount(change.client, { accountId: actor.accountId, name });
    if (await change.readRoom()) return;
    await requireMayMake(change, actor.accountId, limits);
    await requireWilling(change, actor.accountId, accountId);
    await insertRoom(change, { kind: "direct", name: null, createdBy: actor.accountId });
    await change.putAll("created");
    for (const one of [actor.accountId, accountId])
      await change.putMember(one, "joined", { ...stranger, status: "member", joinedAt: change.now });
    await change.audit({
      action: "room.created",
      actor: actor.accountId,
      target: accountId,
      address,
      detail: "direct",
    });
  });
  return roomId;
}

async function requireWilling({ client }: RoomChange, accountId: string, other: string): Promise<void> {
  for (const one of [accountId, other])
    if (await isDeletedAccount(client, one)) throw new Refusal("NOT_FOUND", "the account was deleted");
  if (await hasBlocked(client, other, accountId)) throw new Refusal("FORBIDDEN", "blocked by them");
}

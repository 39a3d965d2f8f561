// Making rooms of many. An id is given once: to a room that was made, that came into being by itself, or that was deleted.
import { randomUUID } from "node:crypto";
import { isDirectRoomId, Refusal, type RoomCreate } from "@parley/contracts";
import type { RoomChange, RoomChanges } from "../store/room-change.ts";
import { insertRoom } from "../store/rooms.ts";
import { nameAccount } from "../store/senders.ts";
import { requireMayMake, requirePlace } from "./room-limits.ts";
import { stranger, type Actor, type RoomLimits } from "./rules.ts";

/** Answers the room's id. @throws Refusal INVALID, CONFLICT, RATE_LIMITED, TOO_MANY */
export async function makeRoom(
  changes: RoomChanges,
  limits: RoomLimits,
  actor: Actor,
  { id = randomUUID(), name, kind }: RoomCreate,
): Promise<string> {
  if (isDirectRoomId(id)) throw new Refusal("INVALID", "an id of rooms of two");
  await changes.runFor([actor.accountId], id, (change) => makeOwnedRoom(change, limits, actor, { name, kind }));
  return id;
}

/** In a room of which nothing is there yet; whoever makes it is its owner. @throws Refusal CONFLICT, RATE_LIMITED, TOO_MANY */
export async function makeOwnedRoom(
  change: RoomChange,
  limits: RoomLimits,
  actor: Actor,
  { name, kind }: { name: string | null; kind: "public" | "private" },
): Promise<void> {
  const { accountId, address } = actor;
  await requireMayMake(change, accountId, limits);
  await requirePlace(change, kind, accountId, limits);
  if (!(await insertRoom(change, { kind, name, createdBy: accountId })))
    throw new Refusal("CONFLICT", "the id is taken");
  await nameAccount(change.client, actor);
  await change.putAll("created");
  await change.putMember(accountId, "joined", { ...stranger, status: "member", role: "owner", joinedAt: change.now });
  await change.audit({ action: "room.created", actor: accountId, address, detail: kind });
}

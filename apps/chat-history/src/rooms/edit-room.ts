// Renaming and deleting a room.
import { Refusal } from "@parley/contracts";
import type { RoomChanges } from "../store/room-change.ts";
import { deleteRoom, renameRoom } from "../store/rooms.ts";
import { isMember, requireRole, type Actor } from "./rules.ts";

/** @throws Refusal FORBIDDEN */
export async function editRoom(changes: RoomChanges, actor: Actor, roomId: string, name: string): Promise<void> {
  const { accountId, address } = actor;
  await changes.run(roomId, async (change) => {
    await requireRole(change, actor, ["owner", "moderator"]);
    if ((await change.readRoom())?.name === name) return;
    await renameRoom(change, name);
    await change.audit({ action: "room.renamed", actor: accountId, address });
  });
}

/** Nobody has access any more; the id stays taken. @throws Refusal FORBIDDEN */
export async function removeRoom(changes: RoomChanges, actor: Actor, roomId: string): Promise<void> {
  const { accountId, address } = actor;
  await changes.run(roomId, async (change) => {
    const [room, own] = [await change.readRoom(), await change.readMember(accountId)];
    if (!room || room.kind === "direct" || !isMember(own) || own.role !== "owner")
      throw new Refusal("FORBIDDEN", "not the owner");
    if (room.isDeleted) return;
    await deleteRoom(change);
    await change.putAll("deleted");
    await change.audit({ action: "room.deleted", actor: accountId, address });
  });
}

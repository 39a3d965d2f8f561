// An account that was deleted leaves all its rooms; those it owned pass on. Its messages keep their place.
import { deletedAccountName } from "@parley/contracts";
import type { Pool } from "pg";
import { lockAccounts } from "../store/account-lock.ts";
import { deleteBlocksOf } from "../store/blocks.ts";
import type { RoomChange, RoomChanges } from "../store/room-change.ts";
import { findSuccessor, listRoomsOf } from "../store/memberships.ts";
import { governNames } from "../store/senders.ts";
import { inTransaction, lockTimeout } from "../store/transaction.ts";
import { isMember } from "./rules.ts";

interface Options {
  pool: Pool;
  changes: RoomChanges;
}

/** May be done again. @param alive called after each room: whoever waits for this may not be silent for long */
export async function endMemberships(
  { pool, changes }: Options,
  { accountId, version }: { accountId: string; version: number },
  alive: () => Promise<unknown>,
): Promise<void> {
  // From here on nobody can invite it: who was about to has either done so, or sees that it is gone.
  await inTransaction(pool, async (client) => {
    await client.query(lockTimeout);
    await lockAccounts(client, [accountId]);
    await governNames(client, [{ accountId, name: deletedAccountName, version, isDeleted: true }]);
    await deleteBlocksOf(client, accountId);
  });
  for (const roomId of await listRoomsOf(pool, accountId)) {
    await changes.run(roomId, (change) => endMembership(change, accountId));
    await alive();
  }
}

async function endMembership(change: RoomChange, accountId: string): Promise<void> {
  const own = await change.readMember(accountId);
  if (!isMember(own)) return;
  const detail = deletedAccountName;
  await change.putMember(accountId, "left", { ...own, status: "left", role: "member" });
  await change.audit({ action: "member.left", actor: null, target: accountId, detail });
  const successor = own.role === "owner" ? await findSuccessor(change) : undefined;
  const state = successor === undefined ? undefined : await change.readMember(successor);
  if (successor === undefined || state === undefined) return;
  await change.putMember(successor, "role", { ...state, role: "owner" });
  await change.audit({ action: "member.role", actor: null, target: successor, detail: "owner" });
}

// Not wanting to hear from an account: it can no longer write in the room of the two, make it, or invite the other.
import { Refusal } from "@parley/contracts";
import { countBlocks, deleteBlock, hasBlocked, insertBlock } from "../store/blocks.ts";
import type { RoomChange, RoomChanges } from "../store/room-change.ts";
import { directRoomIdOf } from "./direct-room.ts";
import type { Actor, RoomLimits } from "./rules.ts";

/** @throws Refusal INVALID (oneself), TOO_MANY */
export async function block(
  changes: RoomChanges,
  { blocksPerAccountMax }: RoomLimits,
  actor: Actor,
  accountId: string,
): Promise<void> {
  const roomId = directRoomIdOf(actor.accountId, accountId);
  await changes.runFor([actor.accountId], roomId, async (change) => {
    if (await hasBlocked(change.client, actor.accountId, accountId)) return;
    if ((await countBlocks(change.client, actor.accountId, blocksPerAccountMax)) >= blocksPerAccountMax)
      throw new Refusal("TOO_MANY", "blocked accounts");
    await insertBlock(change.client, actor.accountId, accountId);
    await tell(change, actor, accountId, "blocked");
  });
}

/** @throws Refusal INVALID (oneself) */
export async function unblock(changes: RoomChanges, actor: Actor, accountId: string): Promise<void> {
  await changes.run(directRoomIdOf(actor.accountId, accountId), async (change) => {
    if (await deleteBlock(change.client, actor.accountId, accountId)) await tell(change, actor, accountId, "unblocked");
  });
}

/** Only who is in the room of the two has something to lose there. */
async function tell(
  change: RoomChange,
  actor: Actor,
  accountId: string,
  happened: "blocked" | "unblocked",
): Promise<void> {
  const state = await change.readMember(accountId);
  if (state) await change.putMember(accountId, happened, state);
  await change.audit({
    action: `account.${happened}`,
    actor: actor.accountId,
    target: accountId,
    address: actor.address,
  });
}

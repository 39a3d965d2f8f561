// What chat-auth says of accounts: what they are called, and that they are gone.
import { AccountChangesPage, deletedAccountName, type AccountChange } from "@parley/contracts";
import type { InternalCall } from "@parley/service";
import { endMemberships } from "../rooms/end-memberships.ts";
import type { RoomChanges } from "../store/room-change.ts";
import { governNames } from "../store/senders.ts";
import type { Pool } from "pg";
import type { Outbox } from "./follower.ts";

interface Options {
  call: InternalCall;
  /** For what must be committed before memberships are looked for. */
  pool: Pool;
  changes: RoomChanges;
}

export function createAccountsOutbox({ call, pool, changes }: Options): Outbox<AccountChange> {
  return {
    name: "accounts",
    async fetch(after) {
      const { changes: items, position } = await call(`/internal/accounts/changes?after=${after}`, AccountChangesPage);
      return { items, position };
    },
    async take(client, items) {
      const latest = [...new Map(items.map((item) => [item.accountId, item])).values()];
      const alive = () => client.query("SELECT 1"); // A transaction that is silent for long is ended.
      for (const { accountId, name, version } of latest)
        if (name === null) await endMemberships({ pool, changes }, { accountId, version }, alive);
      // Last, since the recorder names senders too and would wait.
      await governNames(
        client,
        latest.map(({ accountId, name, version }) => ({
          accountId,
          name: name ?? deletedAccountName,
          version,
          isDeleted: name === null,
        })),
      );
    },
  };
}

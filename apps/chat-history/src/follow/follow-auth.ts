// What chat-auth tells of: logins that have ended, accounts that were renamed or deleted, and entries of the audit log.
import { openSteadyTopics, type Bus } from "@parley/bus";
import type { Partitioning } from "@parley/contracts";
import { createInternalCall, type Surroundings } from "@parley/service";
import { createRevocationPages, watchRevocations, type Revocations } from "@parley/tokens";
import type { Pool } from "pg";
import type { HistoryConfig } from "../config.ts";
import type { RoomChanges } from "../store/room-change.ts";
import { createAccountsOutbox } from "./accounts.ts";
import { createAuditOutbox } from "./audit.ts";
import { follow } from "./follower.ts";

interface Options extends Surroundings {
  bus: Bus;
  partitioning: Partitioning;
  pool: Pool;
  changes: RoomChanges;
}

/** Without a chat-auth there is nothing to follow, and no login ends before its tokens do. */
export async function followAuth(
  { authUrl, serviceToken }: HistoryConfig,
  { bus, partitioning, pool, changes, log, lifecycle }: Options,
): Promise<Revocations> {
  if (authUrl !== undefined) {
    const call = createInternalCall(authUrl, serviceToken, "chat-auth");
    const accounts = follow(createAccountsOutbox({ call, pool, changes }), { pool, log });
    lifecycle.opened("accounts of chat-auth", () => accounts.close());
    const audit = follow(createAuditOutbox(call), { pool, log });
    lifecycle.opened("audit log of chat-auth", () => audit.close());
  }

  let revocations: Revocations | undefined;
  const check = () => void revocations?.check();
  revocations = await watchRevocations({
    fetchPage: createRevocationPages(authUrl, serviceToken),
    async listen(heard) {
      const topics = partitioning.all.map(({ access }) => access);
      const events = await openSteadyTopics(bus, topics, heard, check);
      lifecycle.opened("logins that end", () => events.close());
      bus.onGap(check);
    },
    onFault: (error) => log.warn({ err: error }, "which logins have ended is not known; asking again"),
    now: () => performance.now(),
  });
  lifecycle.opened("revocations", () => revocations.close());
  return revocations;
}

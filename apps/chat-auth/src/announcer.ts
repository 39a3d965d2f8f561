// Tells all processes at once that logins have ended (contracts §2, chat-access). What is lost on the way they find by asking.
import { openSteadyTopics, type Bus } from "@parley/bus";
import type { ChatAccessPubSub, Partitioning } from "@parley/contracts";
import type { Log } from "@parley/service";
import type { Ended } from "./store/revocations.ts";

export type EndingChange = "logout" | "logout-all" | "password" | "disabled" | "deleted" | "reused" | "linked";

export interface Announcer {
  /** After the commit. Whoever listens here has heard of it on return. Never throws. */
  announce(change: EndingChange, ended: Ended): void;
  /** Calls back for every payload, ours and those of other instances. */
  listen(heard: (payload: string) => void): Promise<void>;
}

/** Logins that one event names. */
const sidsMax = 100;

export function createAnnouncer(bus: Bus, partitioning: Partitioning, log: Log): Announcer {
  const listeners = new Set<(payload: string) => void>();

  function tell(event: ChatAccessPubSub & { accountId: string }): void {
    const payload = JSON.stringify(event);
    for (const heard of listeners) heard(payload);
    const { accountId } = event;
    bus.publish(partitioning.of(accountId).access, accountId, payload).catch((error: unknown) => {
      log.warn({ err: error }, "could not tell others of logins that have ended: they find out by asking");
    });
  }

  return {
    announce(change, { accountId, version, sids }) {
      for (let from = 0; from < sids.length; from += sidsMax)
        tell({ accountId, version, change, sids: sids.slice(from, from + sidsMax) });
    },
    async listen(heard) {
      listeners.add(heard);
      const topics = partitioning.all.map(({ access }) => access);
      // What a late one has missed is found by asking, which goes on all the time.
      await openSteadyTopics(bus, topics, heard, () => {});
    },
  };
}

// Tells gateways at once that access to a room has changed. What is missed they find by the room's version.
import type { Bus } from "@parley/bus";
import type { ChatAccessPubSub, Partitioning } from "@parley/contracts";
import type { Log } from "@parley/service";

export interface AccessTellerOptions {
  bus: Bus;
  partitioning: Partitioning;
  log: Log;
}

/** What concerns an account goes where gateways listen for that account; what concerns all, where they do for the room. */
export function createAccessTeller({ bus, partitioning, log }: AccessTellerOptions) {
  return (events: ChatAccessPubSub[]): void => {
    const published = events.map((event) => {
      const key = event.accountId ?? event.roomId!;
      return bus.publish(partitioning.of(key).access, key, JSON.stringify(event));
    });
    Promise.all(published).catch((error: unknown) =>
      log.warn({ err: error, events: events.length }, "changes of access were not published; gateways will ask"),
    );
  };
}

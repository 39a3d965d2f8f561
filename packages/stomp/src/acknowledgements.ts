// Which delivered message an ACK or NACK means, in each version. It must not know what follows from it.
import { encodeHeader } from "./encode.ts";
import { Fault } from "./fault.ts";
import { requiredHeader, type Frame } from "./frame.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Version } from "./version.ts";

export interface Acknowledged<P> {
  subscription: Subscription<P>;
  /** The message's key in the subscription's window. */
  key: string;
}

export class Acknowledgements<P> {
  readonly #subscriptions: Subscriptions<P>;
  #last = 0;

  constructor(subscriptions: Subscriptions<P>) {
    this.#subscriptions = subscriptions;
  }

  /** Notes a delivery; the header line by which the client can name it, none before 1.2, where its message-id does. */
  delivered(subscription: Subscription<P>, messageId: string, version: Version): string {
    const key = version === "1.2" ? String(++this.#last) : messageId;
    subscription.delivered(key, messageId);
    return version === "1.2" ? encodeHeader("ack", key, version) : "";
  }

  /** @throws Fault PROTOCOL for a message that does not wait for it */
  find(frame: Frame, version: Version): Acknowledged<P> {
    const key = requiredHeader(frame, version === "1.2" ? "id" : "message-id");
    for (const subscription of this.#candidates(frame, version)) {
      if (subscription.unacknowledged.has(key)) return { subscription, key };
    }
    throw new Fault("PROTOCOL", "nothing to acknowledge");
  }

  /** 1.1 names the subscription, 1.0 may. */
  #candidates(frame: Frame, version: Version): Iterable<Subscription<P>> {
    const named = version === "1.1" ? requiredHeader(frame, "subscription") : frame.headers.get("subscription");
    if (named === undefined || version === "1.2") return this.#subscriptions.all.values();
    return [this.#subscriptions.find(named)];
  }
}

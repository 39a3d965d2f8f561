// The subscriptions of one session, each ended exactly once. It must not know frames.
import { Fault } from "./fault.ts";
import type { Limits } from "./limits.ts";
import type { Subscription } from "./subscription.ts";

export class Subscriptions<P> {
  readonly #limits: Limits;
  readonly #byKey = new Map<string, Subscription<P>>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get all(): ReadonlyMap<string, Subscription<P>> {
    return this.#byKey;
  }

  /** @throws Fault */
  add(subscription: Subscription<P>): void {
    const key = subscriptionKey(subscription.id, subscription.destination);
    if (this.#byKey.has(key)) throw new Fault("PROTOCOL", "subscription id in use");
    if (this.#byKey.size >= this.#limits.subscriptionsMax) throw new Fault("TOO_MANY", "subscriptions");
    this.#byKey.set(key, subscription);
  }

  /** @throws Fault PROTOCOL if there is none; the destination counts only without id (1.0) */
  find(id: string | undefined, destination = ""): Subscription<P> {
    const subscription = this.#byKey.get(subscriptionKey(id, destination));
    if (subscription === undefined) throw new Fault("PROTOCOL", "unknown subscription");
    return subscription;
  }

  /** Its destination has accepted it; if it was ended meanwhile, the destination hears of that now. */
  open(subscription: Subscription<P>): void {
    if (subscription.state === "opening") subscription.state = "open";
    else subscription.handler.unsubscribe?.(subscription.session, subscription);
  }

  /** Ends it, if it has not ended before. */
  remove(subscription: Subscription<P>): void {
    const { state } = subscription;
    if (state === "closed") return;
    subscription.state = "closed";
    this.#byKey.delete(subscriptionKey(subscription.id, subscription.destination));
    if (state === "open") subscription.handler.unsubscribe?.(subscription.session, subscription);
  }

  clear(): void {
    for (const subscription of this.#byKey.values()) this.remove(subscription);
  }
}

/** No id holds a NUL, so those without one cannot be taken for others. */
function subscriptionKey(id: string | undefined, destination: string): string {
  return id ?? `\0${destination}`;
}

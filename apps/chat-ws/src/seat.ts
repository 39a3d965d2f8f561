// A subscription's place in a room: whether the right to be there has ended. The engine keeps the subscription, silent, until
// the client ends it: an UNSUBSCRIBE that is on its way must find it.
import type { Subscription } from "@parley/stomp";
import type { Unwatch } from "./access.ts";

export class Seat {
  isEnded = false;
  /** Its SUBSCRIBE has been answered. */
  isSettled = false;
  #unwatch: Unwatch | undefined;

  /** @param watch is given what to call when the right has ended */
  static take(subscription: Subscription<unknown>, watch: (ended: () => void) => Unwatch): Seat {
    const seat = new Seat();
    subscription.data = seat;
    seat.#unwatch = watch(() => (seat.isEnded = true));
    return seat;
  }

  static of({ data }: Subscription<unknown>): Seat | undefined {
    return data instanceof Seat ? data : undefined;
  }

  leave(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

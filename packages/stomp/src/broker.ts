// The port behind the engine: what a server plugs in to give CONNECT, destinations and refusals a meaning.
import type { Refusal } from "@parley/contracts";
import type { Frame } from "./frame.ts";
import type { Session } from "./session.ts";
import type { Subscription } from "./subscription.ts";

type Headers = ReadonlyMap<string, string>;

/**
 * What a handler's work comes to. Nothing: done, the RECEIPT leaves now. `settled`: the RECEIPT, or the refusal, leaves
 * when it settles, and later frames do not wait for it.
 */
export type Outcome = void | { settled: Promise<void> };

/** What a checked SEND does. It is called at most once, and in the order of the frames. */
export type Effect = () => Outcome;

/**
 * `P`: who the client turned out to be. `connect`, `destination`, `subscribe`, `send` and its effect may throw or reject
 * with a Refusal, any other error counts as INTERNAL; the other methods must not throw. Every promise must settle.
 */
export interface Broker<P> {
  /** Who is it? Called once, for CONNECT or STOMP, with the headers as they came. A refusal ends the connection. */
  connect(headers: Headers, session: Session<P>): P | Promise<P>;
  /** More headers for CONNECTED, such as `user-name`. */
  connectedHeaders?(principal: P): Record<string, string>;
  /** The destination's handler. Without one, SEND and SUBSCRIBE are FORBIDDEN and end the connection. */
  destination(name: string): Destination<P> | undefined;
  /**
   * A Destination has refused a frame, which is no protocol fault. True if the client was told and the connection may stay
   * open; otherwise, and without this method, it is told by ERROR and the connection ends. A refused COMMIT is followed
   * by those frames of its transaction that asked for a receipt of their own.
   */
  refused?(session: Session<P>, refusal: Refusal, frame: Frame): boolean;
  /** The session ends by ERROR, for this reason: for logs and counters. Also called before CONNECT. */
  faulted?(session: Session<P>, refusal: Refusal): void;
  /**
   * The session has ended, for whatever reason; called exactly once if `connect` succeeded, after its subscriptions were
   * ended, but for those whose `subscribe` is still under way.
   */
  closed?(session: Session<P>): void;
}

/** What it cannot do is left out, and FORBIDDEN. */
export interface Destination<P> {
  /**
   * Later frames wait for the promise. Messages may be given to the subscription from the call on. If it throws, rejects,
   * or its `settled` rejects, the subscription is gone, whether or not the connection stays open.
   */
  subscribe?(session: Session<P>, subscription: Subscription<P>, headers: Headers): Outcome | Promise<Outcome>;
  /** The subscription has ended: by UNSUBSCRIBE, with its session, or late in `subscribe`. Once for each success. */
  unsubscribe?(session: Session<P>, subscription: Subscription<P>): void;
  /**
   * Checks a SEND without any effect, and returns its effect. In a transaction all are checked at COMMIT before the first
   * takes effect. Later frames wait for the promise.
   */
  send?(session: Session<P>, frame: Frame): Effect | Promise<Effect>;
  /** These messages left the window, the oldest first; `positive`: by ACK, not NACK. */
  acknowledged?(session: Session<P>, subscription: Subscription<P>, messageIds: string[], positive: boolean): void;
}

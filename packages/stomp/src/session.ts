// One client's session: octets in, octets out. It must not know sockets, timers, or what destinations mean.
import { Refusal } from "@parley/contracts";
import { Connection, type SessionOptions, type SessionState } from "./connection.ts";
import { encodeMessage, type Message } from "./message.ts";
import { eol } from "./encode.ts";
import { Fault } from "./fault.ts";
import { Flow } from "./flow.ts";
import { receiptOf } from "./frame.ts";
import type { Subscription } from "./subscription.ts";
import type { Transport } from "./transport.ts";
import type { Version } from "./version.ts";

/** Frames take effect strictly in the order in which they came. */
export class Session<P> {
  readonly id: string;
  readonly #connection: Connection<P>;
  readonly #flow: Flow<P>;
  readonly #startedAt: number;

  constructor(options: SessionOptions<P>) {
    this.id = options.sessionId;
    this.#startedAt = options.now();
    this.#connection = new Connection(this, options);
    this.#flow = new Flow(this.#connection);
  }

  /** Who the client is, once `connect` has said so. */
  get principal(): P | undefined {
    return this.#connection.principal;
  }

  get version(): Version | undefined {
    return this.#connection.version;
  }

  get state(): SessionState {
    return this.#connection.state;
  }

  /** By id; those without one (1.0) under a key of their own. */
  get subscriptions(): ReadonlyMap<string, Subscription<P>> {
    return this.#connection.subscriptions.all;
  }

  /** What carries it, for whoever has frames for many sessions. */
  get transport(): Transport {
    return this.#connection.options.transport;
  }

  /** Octets from the client, split anywhere. The chunk must not be changed afterwards. */
  receive(chunk: Buffer): void {
    const { state, gone, heartBeat, options } = this.#connection;
    if (state === "leaving" || state === "ended" || gone) return;
    heartBeat.received(options.now());
    this.#flow.receive(chunk);
  }

  /**
   * Looks at the clock: heart-beats both ways and all deadlines. To be called about every `tickMs`.
   * @param now of the same clock as the option `now`
   */
  tick(now: number): void {
    const connection = this.#connection;
    if (connection.state === "ended" || connection.gone) return;
    if (this.#flow.paused) connection.heartBeat.received(now);
    const late = this.#overdue(now);
    if (late !== undefined) connection.fail(late.fault, late.receipt);
    else if (connection.heartBeat.due(now)) connection.write(eol);
  }

  /** The transport is gone. What came before is still processed. */
  closedByPeer(): void {
    if (this.#connection.state === "ended") return;
    this.#connection.gone = true;
    this.#flow.proceed();
  }

  /** ERROR with the refusal's code and these headers, then close. What was not processed yet is dropped. */
  end(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
    this.#connection.fail(refusal, undefined, headers);
  }

  /** As `end`, once all that is under way is decided, or after `disconnectMs`. What comes meanwhile is not processed. */
  retire(refusal: Refusal): void {
    const connection = this.#connection;
    if (connection.state === "leaving") return;
    if (connection.state !== "connected") return this.end(refusal);
    connection.sayFarewell(refusal);
    this.#flow.proceed();
  }

  /**
   * Sends frames that were encoded elsewhere. Before CONNECTED and after the end, nothing.
   * @param isPatient they may wait a few milliseconds for others to leave with
   */
  write(data: Buffer, isPatient = false): void {
    this.#connection.write(data, isPatient);
  }

  /** Something has left on its transport, by whatever way: a sign of life. */
  sent(): void {
    this.#connection.sent();
  }

  /** A MESSAGE to one subscription. One too many that waits for ACK ends the session: SLOW_CONSUMER. */
  message(subscription: Subscription<P>, message: Omit<Message, "destination"> & { destination?: string }): void {
    const { acknowledgements, options, version = "1.0", writable } = this.#connection;
    if (!writable || subscription.state === "closed") return;
    let { headerLine } = subscription;
    if (subscription.ack !== "auto") {
      if (subscription.unacknowledged.size >= options.limits.ackWindowMax) {
        return this.end(new Fault("SLOW_CONSUMER", "too many unacknowledged messages"));
      }
      headerLine += acknowledgements.delivered(subscription, message.messageId, version);
    }
    const destination = message.destination ?? subscription.destination;
    this.write(encodeMessage({ ...message, destination, headerLine }, version));
  }

  /** The first deadline that has passed. */
  #overdue(now: number): { fault: Refusal; receipt?: string | undefined } | undefined {
    const { state, farewell, heartBeat, decoder, options } = this.#connection;
    const { connectMs, disconnectMs, frameMs } = options.limits;
    if (farewell !== undefined) {
      if (now - farewell.at < disconnectMs) return undefined;
      if (farewell.by instanceof Refusal) return { fault: farewell.by };
      return { fault: new Fault("TIMEOUT", "outcomes under way at DISCONNECT"), receipt: receiptOf(farewell.by) };
    }
    if (state !== "connected") {
      return now - this.#startedAt < connectMs ? undefined : { fault: new Fault("TIMEOUT", "no CONNECT") };
    }
    if (now - (this.#flow.unfinishedSince ?? now) >= frameMs) {
      return { fault: new Fault("TIMEOUT", "unfinished frame"), receipt: decoder.receipt };
    }
    return heartBeat.silent(now) ? { fault: new Fault("TIMEOUT", "silent client") } : undefined;
  }
}

// What the commands of one session share: its state, and the ways to answer and to end it. It must not know their order.
import { Refusal } from "@parley/contracts";
import { Acknowledgements } from "./acknowledgements.ts";
import type { Broker } from "./broker.ts";
import { Decoder } from "./decode.ts";
import { encodeError, encodeReceipt } from "./encode.ts";
import { Fault } from "./fault.ts";
import { receiptOf, type Frame } from "./frame.ts";
import { HeartBeat, type HeartBeatOffer } from "./heart-beat.ts";
import type { Limits } from "./limits.ts";
import type { Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Transactions } from "./transactions.ts";
import type { Transport } from "./transport.ts";
import type { Version } from "./version.ts";

export interface SessionOptions<P> {
  broker: Broker<P>;
  transport: Transport;
  limits: Limits;
  /** `name/version`, for CONNECTED. */
  server: string;
  /** Unique among all sessions of all servers. */
  sessionId: string;
  heartBeat: HeartBeatOffer;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** `waiting` for CONNECT, `connecting` until CONNECTED, `leaving` from DISCONNECT or `retire` until all is decided. */
export type SessionState = "waiting" | "connecting" | "connected" | "leaving" | "ended";

export class Connection<P> {
  readonly session: Session<P>;
  readonly options: SessionOptions<P>;
  readonly decoder: Decoder;
  readonly heartBeat: HeartBeat;
  readonly subscriptions: Subscriptions<P>;
  readonly transactions: Transactions;
  readonly acknowledgements: Acknowledgements<P>;
  state: SessionState = "waiting";
  version: Version | undefined;
  principal: P | undefined;
  /** The peer is gone, but frames that came before are still being processed. */
  gone = false;
  /** What ends it once all that is under way is decided, DISCONNECT or a refusal, and when that came. */
  farewell: { by: Frame | Refusal; at: number } | undefined;
  #identified = false;

  constructor(session: Session<P>, options: SessionOptions<P>) {
    this.session = session;
    this.options = options;
    this.decoder = new Decoder(options.limits);
    this.heartBeat = new HeartBeat(options.heartBeat, options.now());
    this.subscriptions = new Subscriptions(options.limits);
    this.transactions = new Transactions(options.limits);
    this.acknowledgements = new Acknowledgements(this.subscriptions);
  }

  /** Whether frames other than CONNECTED and ERROR may leave. */
  get writable(): boolean {
    return (this.state === "connected" || this.state === "leaving") && !this.gone;
  }

  write(data: Buffer, isPatient = false): void {
    if (!this.writable) return;
    this.options.transport.send(data, isPatient);
    this.sent();
  }

  sent(): void {
    this.heartBeat.sent(this.options.now());
  }

  /** The answer to a processed frame, if it asked for one. */
  receipt(frame: Frame): void {
    const receipt = receiptOf(frame);
    if (receipt !== undefined) this.write(encodeReceipt(receipt, this.version ?? "1.0"));
  }

  /** The answer to a frame that was not processed. What a destination refused may leave the session open. */
  refuse(error: unknown, frame: Frame): void {
    if (this.state === "ended") return;
    const refusal = Refusal.from(error);
    const stays = this.state === "connected" || this.state === "leaving";
    const own = refusal instanceof Fault || refusal.code === "PROTOCOL";
    if (stays && !own && this.options.broker.refused?.(this.session, refusal, frame) === true) return;
    this.fail(refusal, receiptOf(frame));
  }

  /** ERROR, then close: the one way in which refusals end a session. */
  fail(refusal: Refusal, receipt?: string, extra: Readonly<Record<string, string>> = {}): void {
    if (this.state === "ended") return;
    this.state = "ended";
    if (!this.gone) {
      const headers = refusal instanceof Fault ? { ...refusal.headers, ...extra } : extra;
      this.options.transport.send(encodeError(refusal, receipt, headers, this.version ?? "1.0"));
      this.options.transport.close(refusal.entry.close, refusal.code);
    }
    this.options.broker.faulted?.(this.session, refusal);
    this.#release();
  }

  /** Nothing that comes from now on is processed. */
  sayFarewell(by: Frame | Refusal): void {
    this.state = "leaving";
    this.farewell = { by, at: this.options.now() };
    this.decoder.drop();
    this.transactions.clear();
  }

  /** All is decided: the answer to DISCONNECT, or ERROR; then close. */
  leave(): void {
    const by = this.farewell?.by;
    if (by instanceof Refusal) return this.fail(by);
    if (by !== undefined) this.receipt(by);
    this.state = "ended";
    if (!this.gone) this.options.transport.close(1000, "");
    this.#release();
  }

  /** `connect` has succeeded; the session may have ended meanwhile. */
  identify(principal: P): void {
    this.principal = principal;
    this.#identified = true;
    if (this.state === "ended") this.options.broker.closed?.(this.session);
  }

  /** Open transactions are aborted, subscriptions end, the broker hears of it. */
  #release(): void {
    this.decoder.drop();
    this.transactions.clear();
    this.subscriptions.clear();
    if (this.#identified) this.options.broker.closed?.(this.session);
  }
}

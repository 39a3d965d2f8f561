// Frames one after another: which may be handled now, which wait, when each is answered. It must not know what they do.
import type { Outcome } from "./broker.ts";
import { handle } from "./commands/handle.ts";
import { held, type Handled } from "./commands/handled.ts";
import type { Connection } from "./connection.ts";
import { Refusal } from "@parley/contracts";
import type { Frame } from "./frame.ts";

export class Flow<P> {
  readonly #connection: Connection<P>;
  #draining = false;
  /** A frame is being handled that later ones wait for. */
  #busy = false;
  /** Outcomes that have not settled; later frames do not wait for them, unless there are too many. */
  #outcomes = 0;
  #paused = false;
  #unfinishedSince: number | undefined;

  constructor(connection: Connection<P>) {
    this.#connection = connection;
  }

  /** Since when a frame has been incomplete, if one is and nothing of ours keeps it waiting. */
  get unfinishedSince(): number | undefined {
    return this.#unfinishedSince;
  }

  /** Whether the transport was asked not to read: silence is then no sign of death. */
  get paused(): boolean {
    return this.#paused;
  }

  receive(chunk: Buffer): void {
    this.#connection.decoder.push(chunk);
    this.proceed();
  }

  /** Handles all that can be handled now. */
  proceed(): void {
    if (this.#draining) return;
    this.#draining = true;
    while (this.#open && !this.#blocked && this.#next());
    this.#draining = false;
    this.#rest();
  }

  get #blocked(): boolean {
    return this.#busy || this.#outcomes >= this.#connection.options.limits.outcomesMax;
  }

  get #open(): boolean {
    const { state } = this.#connection;
    return state !== "leaving" && state !== "ended";
  }

  #next(): boolean {
    const connection = this.#connection;
    let frame: Frame | undefined;
    try {
      frame = connection.decoder.next();
    } catch (error) {
      connection.fail(Refusal.from(error), connection.decoder.receipt);
    }
    if (frame === undefined) return false;
    this.#unfinishedSince = undefined;
    try {
      const handled = handle(connection, frame);
      if (handled instanceof Promise) void this.#await(handled, frame);
      else this.#answer(handled, frame);
    } catch (error) {
      connection.refuse(error, frame);
    }
    return true;
  }

  /** Later frames wait. */
  async #await(handled: Promise<Handled>, frame: Frame): Promise<void> {
    this.#busy = true;
    try {
      this.#answer(await handled, frame);
    } catch (error) {
      this.#connection.refuse(error, frame);
    }
    this.#busy = false;
    this.proceed();
  }

  #answer(handled: Handled, frame: Frame): void {
    if (handled === undefined) this.#connection.receipt(frame);
    else if (handled !== held) void this.#settle(handled, frame);
  }

  /** Later frames do not wait. */
  async #settle({ settled }: Exclude<Outcome, void>, frame: Frame): Promise<void> {
    this.#outcomes++;
    try {
      await settled;
      this.#connection.receipt(frame);
    } catch (error) {
      this.#connection.refuse(error, frame);
    }
    this.#outcomes--;
    this.proceed();
  }

  /** Nothing more can be handled now: what follows from that. */
  #rest(): void {
    const connection = this.#connection;
    if (connection.state === "ended") return;
    if (connection.gone && !this.#blocked) return connection.leave();
    if (connection.state === "leaving") {
      this.#regulate(false);
      if (!this.#busy && this.#outcomes === 0) connection.leave();
      return;
    }
    const { decoder, options } = connection;
    if (this.#blocked) this.#unfinishedSince = undefined;
    else if (decoder.unfinished) this.#unfinishedSince ??= options.now();
    this.#regulate(this.#blocked && decoder.unreadBytes > this.#pendingBytesMax);
  }

  /** Who has not proved who he is may make less wait. */
  get #pendingBytesMax(): number {
    const { state, options } = this.#connection;
    return state === "connecting" ? options.limits.connectBytesMax : options.limits.pendingBytesMax;
  }

  #regulate(pause: boolean): void {
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#connection.options.transport.pause();
    else this.#connection.options.transport.resume();
  }
}

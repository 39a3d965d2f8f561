// When a sign of life is due, and when the client's is overdue. It must not know who carries it.
import { Fault } from "./fault.ts";
import { tickMs } from "./limits.ts";

/** What the server offers; 0: none. */
export interface HeartBeatOffer {
  /** It can send one this often. */
  sendMs: number;
  /** It wants one this often. */
  receiveMs: number;
}

/** A client may be late by as much again (STOMP 1.2 §Heart-beating: "error margin"). */
const tolerance = 2;

export class HeartBeat {
  readonly #offer: HeartBeatOffer;
  #sendMs = 0;
  #receiveMs = 0;
  #sentAt: number;
  #receivedAt: number;

  constructor(offer: HeartBeatOffer, now: number) {
    this.#offer = offer;
    this.#sentAt = now;
    this.#receivedAt = now;
  }

  /** The header of CONNECTED. */
  get header(): string {
    return `${this.#offer.sendMs},${this.#offer.receiveMs}`;
  }

  /**
   * @param header of CONNECT; missing means 0,0
   * @throws Fault PROTOCOL if it is malformed
   */
  agree(header = "0,0"): void {
    const match = /^\s*(\d{1,15})\s*,\s*(\d{1,15})\s*$/.exec(header);
    if (match === null) throw new Fault("PROTOCOL", "malformed heart-beat");
    this.#sendMs = agreed(this.#offer.sendMs, Number(match[2]));
    this.#receiveMs = agreed(this.#offer.receiveMs, Number(match[1]));
  }

  sent(now: number): void {
    this.#sentAt = now;
  }

  received(now: number): void {
    this.#receivedAt = now;
  }

  /** Whether to send an EOL now because the next tick, itself a little late, may be too late. */
  due(now: number): boolean {
    return this.#sendMs > 0 && now - this.#sentAt >= this.#sendMs - 1.5 * tickMs;
  }

  silent(now: number): boolean {
    return this.#receiveMs > 0 && now - this.#receivedAt > tolerance * this.#receiveMs;
  }
}

/** Both sides must want it, and the slower one sets the pace. */
function agreed(ours: number, theirs: number): number {
  return ours === 0 || theirs === 0 ? 0 : Math.max(ours, theirs);
}

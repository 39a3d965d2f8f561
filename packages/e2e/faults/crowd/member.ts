// One member of a crowd: a subscriber over a bare socket who comes back when told to, and resumes where it was.
import { connect, type Socket } from "node:net";
import { formatTopic } from "@parley/contracts";
import { backOffMs } from "../back-off.ts";
import { formatFrame } from "../frames.ts";
import { formatUpgrade, maskedMessage, readAnswer } from "../handshake.ts";
import type { DelayCounts } from "./delays.ts";
import { epochNowMs } from "./messages.ts";
import type { Happening, StreamReader } from "./stream.ts";

/** What all members count together. */
export interface Counts {
  told: number;
  toldNoTime: number;
  failed: number;
  lost: number;
  given: number;
  skipped: number;
  seen: DelayCounts;
  confirmed: DelayCounts;
}

interface Shared {
  counts: Counts;
  reader: StreamReader;
}

/** Those who are told when to come back are a little later than that. */
const patience = 0.2;
/** All sockets of the process are read into it, one after the other. */
const buffer = Buffer.allocUnsafe(65_536);

export class Member {
  readonly #roomId: string;
  readonly #shared: Shared;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #seq: number | undefined;
  #stands = false;

  constructor(roomId: string, shared: Shared) {
    this.#roomId = roomId;
    this.#shared = shared;
  }

  get roomId(): string {
    return this.#roomId;
  }

  /** Up to where it has the room; 0 for nowhere. */
  get seq(): number {
    return this.#seq ?? 0;
  }

  get stands(): boolean {
    return this.#stands;
  }

  /** Comes, or comes back if it is there, after so many milliseconds. */
  come(gateway: string, token: string, inMs: number): void {
    const former = this.#socket;
    this.#socket = undefined; // Its end is none of the server's.
    this.#stands = false;
    this.#failures = 0;
    former?.resetAndDestroy();
    this.#comeIn(inMs, gateway, token);
  }

  #comeIn(ms: number, gateway: string, token: string): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(gateway, token), ms);
  }

  #open(gateway: string, token: string): void {
    const { counts, reader } = this.#shared;
    let rest: Buffer = Buffer.alloc(0);
    let isUpgraded = false;
    let comesBackInMs: number | undefined;

    const received = (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      if (!isUpgraded) {
        rest = Buffer.concat([rest, chunk]);
        const answer = readAnswer(rest);
        if (!answer) return;
        if (answer.status !== 101) {
          comesBackInMs = this.#turnedAway(answer.status, answer.retryAfterS);
          return void socket.destroy();
        }
        isUpgraded = true;
        [rest, chunk] = [Buffer.alloc(0), answer.rest];
        this.#write(formatFrame("CONNECT", { "accept-version": "1.2", host: "x", Authorization: `Bearer ${token}` }));
      }
      const read = reader.read(rest, chunk);
      ({ rest } = read);
      for (const happening of read.happenings) this.#happened(happening);
    };
    const { hostname, port } = new URL(gateway);
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer,
        callback(length) {
          received(buffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket = socket;
    socket.on("connect", () => socket.write(formatUpgrade()));
    socket.on("error", () => {}); // Close tells.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#stands = false;
      if (isUpgraded) counts.lost++;
      else if (comesBackInMs === undefined) counts.failed++;
      this.#comeIn(comesBackInMs ?? backOffMs(++this.#failures, Math.random), gateway, token);
    });
  }

  #turnedAway(status: number, retryAfterS: number | undefined): number | undefined {
    const { counts } = this.#shared;
    if (status !== 503) return undefined;
    if (retryAfterS === undefined) {
      counts.toldNoTime++;
      return undefined;
    }
    counts.told++;
    return 1_000 * retryAfterS * (1 + patience * Math.random());
  }

  #happened(happening: Happening): void {
    const { counts } = this.#shared;
    switch (happening.kind) {
      case "connected": {
        const headers = { id: "room", destination: formatTopic(this.#roomId), receipt: "stands" };
        return this.#write(
          formatFrame("SUBSCRIBE", this.#seq === undefined ? headers : { ...headers, after: this.#seq }),
        );
      }
      case "stands":
        this.#failures = 0;
        this.#stands = true;
        return;
      case "resync":
        this.#seq = undefined;
        return;
      case "ended":
        return void this.#socket?.destroy();
      case "preview":
        counts.given++;
        if (happening.sentMs !== undefined) counts.seen.add(epochNowMs() - happening.sentMs);
        return;
      case "confirmed":
        counts.given++;
        this.#confirmed(happening.seq, happening.isChange);
        if (happening.sentMs !== undefined) counts.confirmed.add(epochNowMs() - happening.sentMs);
    }
  }

  /** What is not beyond its seq is a change, or a repetition, of what it has. */
  #confirmed(seq: number, isChange: boolean): void {
    if (this.#seq === undefined && isChange) return;
    const expected = this.#seq === undefined ? seq : this.#seq + 1;
    if (seq < expected) return;
    this.#shared.counts.skipped += seq - expected;
    this.#seq = seq;
  }

  #write(text: string): void {
    this.#socket?.write(maskedMessage(text));
  }
}

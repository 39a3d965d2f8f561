// What the octets from a gateway mean to a member of a crowd. Equal octets are read once for all members, since gateways
// send them the same: that is what lets one process be thousands.
import { parseFrames, readHeader, type ServerFrame } from "../frames.ts";
import { parseSentAt } from "./messages.ts";

export type Happening =
  | { kind: "connected" | "stands" | "ended" | "resync" }
  | { kind: "preview"; sentMs: number | undefined }
  | { kind: "confirmed"; sentMs: number | undefined; seq: number; isChange: boolean };

interface Read {
  happenings: Happening[];
  /** Octets that are the beginning of a frame. */
  rest: Buffer;
}

const knownMax = 500;
const closeOpcode = 8;

/** Shared by all members. */
export class StreamReader {
  readonly #known = new Map<string, Read>();
  /** tempId → when it was sent. */
  readonly #sentMs = new Map<string, number>();

  /** @param chunk octets since the last call behind the rest of it; may be overwritten afterwards */
  read(rest: Buffer, chunk: Buffer): Read {
    if (rest.length > 0) return this.#parse(Buffer.concat([rest, chunk]));
    const key = chunk.toString("latin1");
    const known = this.#known.get(key);
    if (known) return known;
    const read = this.#parse(Buffer.from(chunk));
    if (this.#known.size >= knownMax) this.#known.clear();
    this.#known.set(key, read);
    return read;
  }

  /** RFC 6455 §5.2; frames of servers are not masked. */
  #parse(octets: Buffer): Read {
    const happenings: Happening[] = [];
    let at = 0;
    while (octets.length >= at + 2) {
      const short = octets[at + 1]!;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (octets.length < at + head) break;
      const length = short === 127 ? octets.readUInt32BE(at + 6) : short === 126 ? octets.readUInt16BE(at + 2) : short;
      if (octets.length < at + head + length) break;
      const text = octets.toString("utf8", at + head, at + head + length);
      if ((octets[at]! & 15) === closeOpcode) happenings.push({ kind: "ended" });
      else happenings.push(...parseFrames(text).map((frame) => this.#understand(frame)));
      at += head + length;
    }
    return { happenings, rest: octets.subarray(at) };
  }

  #understand(frame: ServerFrame): Happening {
    switch (frame.command) {
      case "CONNECTED":
        return { kind: "connected" };
      case "RECEIPT":
        return { kind: "stands" };
      case "MESSAGE":
        return this.#message(frame.body);
      default:
        return { kind: readHeader(frame, "code") === "RESYNC" ? "resync" : "ended" };
    }
  }

  #message(body: string): Happening {
    const { tempId, seq, content, editedAt, deleted = false } = JSON.parse(body);
    const said = content === undefined ? undefined : parseSentAt(content);
    if (said !== undefined) this.#sentMs.set(tempId, said);
    const sentMs = this.#sentMs.get(tempId);
    if (seq === null) return { kind: "preview", sentMs };
    return { kind: "confirmed", sentMs, seq, isChange: deleted || editedAt !== null };
  }
}

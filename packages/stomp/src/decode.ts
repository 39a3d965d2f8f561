// Octets to frames, however they are split. It must not know sessions, or what a frame does.
import { isUtf8 } from "node:buffer";
import { Fault } from "./fault.ts";
import { beginsCommand, isCommand, receiptOf, type Command, type Frame } from "./frame.ts";
import { unescapeHeader } from "./escape.ts";
import type { Limits } from "./limits.ts";
import { Unread } from "./unread.ts";
import type { Version } from "./version.ts";

const NUL = 0;
const LF = 10;
const CR = 13;
const COLON = 58;
const BACKSLASH = 92;

/** UNSUBSCRIBE and a CR. */
const commandLineBytesMax = 12;
const noBody = Buffer.alloc(0);

/** What is read next. `between` frames, EOLs are skipped. */
type State = "between" | "headers" | "body";

/** Each `read` method consumes one thing, or returns false and waits for more octets. All throw Faults. */
export class Decoder {
  readonly #limits: Limits;
  readonly #unread = new Unread();
  #state: State = "between";
  /** Before CONNECT is understood: no escapes, either EOL, and all octets count against one budget. */
  #version: Version | undefined;
  #frameBytesMax: number;
  /** How many unread octets are known not to hold what is being looked for. */
  #searched = 0;
  #command = "";
  #headers = new Map<string, string>();
  #headerLines = 0;
  #frameBytes = 0;
  /** -1: the body ends at the first NUL. */
  #bodyBytes = -1;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#frameBytesMax = Math.min(limits.frameBytesMax, limits.connectBytesMax);
  }

  /** From the next frame on, the rules of this version hold. */
  speak(version: Version): void {
    this.#version = version;
    this.#frameBytesMax = this.#limits.frameBytesMax;
  }

  /** @param chunk must not be changed afterwards: bodies are views of it */
  push(chunk: Buffer): void {
    this.#unread.push(chunk);
  }

  get unreadBytes(): number {
    return this.#unread.length;
  }

  /** Whether a frame has begun that is not complete. */
  get unfinished(): boolean {
    return this.#state !== "between" || this.#unread.length > 0;
  }

  /** The receipt that the unfinished frame asks for, as far as it was read: an ERROR should name it. */
  get receipt(): string | undefined {
    return this.#state === "between" ? undefined : receiptOf({ command: this.#command, headers: this.#headers });
  }

  /** Forgets all unread octets. */
  drop(): void {
    this.#unread.drop();
    this.#state = "between";
  }

  /** The next complete frame. After a Fault the decoder is of no further use. */
  next(): Frame | undefined {
    if (this.#state === "between" && !this.#readCommand()) {
      if (this.#unread.length === 0) this.#unread.drop(); // An idle client keeps no chunk in memory.
      return undefined;
    }
    while (this.#state === "headers") {
      if (!this.#readHeaderLine()) {
        this.#refuseUnknownCommand();
        return undefined;
      }
    }
    return this.#readBody();
  }

  /** EOLs between frames are heart-beats; before CONNECT, NULs are passed over too. */
  #skipEols(): void {
    const { buffer, end, position: start } = this.#unread;
    let at = start;
    while (at < end && (buffer[at] === LF || buffer[at] === CR || (buffer[at] === NUL && !this.#version))) at++;
    this.#unread.position = at;
    if (this.#version !== undefined) return;
    this.#frameBytesMax -= at - start;
    if (this.#frameBytesMax < 0) throw new Fault("PROTOCOL", "octets without a frame before CONNECT");
  }

  #readCommand(): boolean {
    this.#skipEols();
    const { buffer, end, position: start } = this.#unread;
    const stop = Math.min(end, start + commandLineBytesMax + 1);
    let at = start;
    while (at < stop && buffer[at] !== LF) at++;
    const line = buffer.toString("latin1", start, this.#withoutCr(start, at));
    if (at === stop) {
      // No need to wait for the rest of what can no longer become a command.
      if (!beginsCommand(line)) throw new Fault("PROTOCOL", "not a command");
      return false;
    }
    this.#command = line;
    this.#headers = new Map();
    this.#headerLines = 0;
    this.#frameBytes = 0;
    this.#bodyBytes = -1;
    this.#searched = 0;
    this.#consume(at + 1 - start);
    this.#state = "headers";
    return true;
  }

  #readHeaderLine(): boolean {
    const { buffer, end, position: start } = this.#unread;
    if (this.#searched > 0 && !this.#finds(LF) && !this.#finds(NUL)) return this.#awaitLine();
    let at = start;
    let colon = -1;
    let octets = 0;
    let escaped = false;
    for (; at < end; at++) {
      const octet = buffer[at] as number;
      if (octet === LF) break;
      if (octet === COLON) {
        if (colon < 0) colon = at;
      } else if (octet === BACKSLASH) escaped = true;
      else if (octet === NUL) throw new Fault("PROTOCOL", "NUL among the headers");
      octets |= octet;
    }
    if (at === end) return this.#awaitLine();
    this.#searched = 0;
    this.#consume(at + 1 - start);
    const stop = this.#withoutCr(start, at);
    if (stop === start) {
      this.#endHeaders();
      return true;
    }
    if (stop - start > this.#limits.headerLineBytesMax) throw new Fault("TOO_LARGE", "header line");
    if (++this.#headerLines > this.#limits.headersMax) throw new Fault("TOO_LARGE", "number of headers");
    if (colon <= start) throw new Fault("PROTOCOL", "header line without a name or a colon");
    const ascii = octets < 128;
    if (!ascii && !isUtf8(buffer.subarray(start, stop))) throw new Fault("PROTOCOL", "header is not UTF-8");
    const name = this.#text(start, colon, ascii, escaped);
    if (!this.#headers.has(name)) this.#headers.set(name, this.#text(colon + 1, stop, ascii, escaped));
    return true;
  }

  /** The line is not whole; one that is already too long is not waited for. */
  #awaitLine(): false {
    const bytes = this.#unread.length;
    this.#searched = bytes;
    if (bytes > this.#limits.headerLineBytesMax + 1) throw new Fault("TOO_LARGE", "header line");
    if (this.#frameBytes + bytes > this.#frameBytesMax) throw new Fault("TOO_LARGE", "headers");
    return false;
  }

  /** All that can be judged before the body is here is judged now. */
  #endHeaders(): void {
    this.#refuseUnknownCommand();
    this.#state = "body";
    const length = this.#headers.get("content-length");
    if (length === undefined) return;
    if (!/^\d+$/.test(length)) throw new Fault("PROTOCOL", "content-length is not a number");
    const bytes = Number(length);
    if (this.#frameBytes + bytes + 1 > this.#frameBytesMax) throw new Fault("TOO_LARGE", "content-length");
    if (bytes > 0 && this.#command !== "SEND") throw new Fault("PROTOCOL", "body on a frame that has none");
    this.#bodyBytes = bytes;
  }

  #readBody(): Frame | undefined {
    const { buffer, end, position: start } = this.#unread;
    const stop = this.#bodyBytes < 0 ? this.#findBodyEnd() : start + this.#bodyBytes;
    if (stop >= end) return undefined;
    if (buffer[stop] !== NUL) throw new Fault("PROTOCOL", "no NUL behind the counted body");
    this.#consume(stop + 1 - start);
    this.#searched = 0;
    this.#state = "between";
    const body = stop === start ? noBody : buffer.subarray(start, stop);
    return { command: this.#command as Command, headers: this.#headers, body };
  }

  /** Where the NUL is, or the end of what is here. */
  #findBodyEnd(): number {
    const { buffer, end, position: start } = this.#unread;
    if (this.#command !== "SEND") {
      if (start < end && buffer[start] !== NUL) throw new Fault("PROTOCOL", "body on a frame that has none");
      return start;
    }
    const at = buffer.indexOf(NUL, start + this.#searched);
    if (at >= 0 && at < end) return at;
    this.#searched = end - start;
    if (this.#frameBytes + this.#searched >= this.#frameBytesMax) throw new Fault("TOO_LARGE", "body");
    return end;
  }

  /** An unknown command is refused once no more of its headers are here: by then we know the receipt. */
  #refuseUnknownCommand(): void {
    if (!isCommand(this.#command)) throw new Fault("PROTOCOL", "unknown command");
  }

  #consume(bytes: number): void {
    this.#frameBytes += bytes;
    if (this.#frameBytes > this.#frameBytesMax) throw new Fault("TOO_LARGE", "frame");
    this.#unread.position += bytes;
  }

  #finds(octet: number): boolean {
    const at = this.#unread.buffer.indexOf(octet, this.#unread.position + this.#searched);
    return at >= 0 && at < this.#unread.end;
  }

  /** CR LF is an EOL in 1.2, and while the version is unknown. */
  #withoutCr(start: number, at: number): number {
    const eol = this.#version === undefined || this.#version === "1.2";
    return eol && at > start && this.#unread.buffer[at - 1] === CR ? at - 1 : at;
  }

  #text(start: number, stop: number, ascii: boolean, escaped: boolean): string {
    const text = this.#unread.buffer.toString(ascii ? "latin1" : "utf8", start, stop);
    return escaped ? unescapeHeader(text, this.#version ?? "1.0") : text;
  }
}

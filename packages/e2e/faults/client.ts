// One STOMP client that follows the rules: comes back elsewhere, repeats what was not receipted, resumes where it was.
import { destinations } from "@parley/contracts";
import { WebSocket } from "ws";
import { formatWebSocketUrl } from "../src/chat-client.ts";
import { backOffMs } from "./back-off.ts";
import { readLogin, type Speaker } from "./people.ts";
import { formatFrame, parseFrames, readHeader, type ServerFrame } from "./frames.ts";
import { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import type { Connection, Recording, SentMessage } from "./recording.ts";

export interface ClientOptions {
  number: number;
  /** URLs of chat-ws; one is chosen for each connection, another than the last if there is one. */
  gateways: string[];
  speaker: Omit<Speaker, "close">;
  rooms: string[];
  recording: Recording;
  random: () => number;
  /** Whether SUBSCRIBEs carry `after`, and that of the very first ones. */
  resumes: boolean;
  first?: number;
  receipted?: (message: SentMessage) => void;
  confirmed?: (message: { roomId: string; id: string; sender: string }) => void;
}

const beatMs = 10_000;
/** Silence from the server after which the connection counts as dead. */
const silenceMsMax = 2 * beatMs + 1_000;
const connectMsMax = 10_000;
const tokenFaults = new Set(["UNAUTHENTICATED", "TOKEN_EXPIRED"]);

export class Client {
  readonly #options: ClientOptions;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #beats: NodeJS.Timeout;
  #socket: WebSocket | undefined;
  #connection: Connection | undefined;
  #failures = 0;
  #localPort = 0;
  #heardMs = 0;
  #isReading = true;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions) {
    const { number, rooms, recording, random, resumes, first, receipted = () => {} } = options;
    this.#options = options;
    this.#outgoing = new Outgoing(random, receipted);
    const how = first === undefined ? { resumes } : { resumes, first };
    this.#incoming = new Incoming(number, rooms, recording.lives, how);
    this.#beats = setInterval(() => this.#beat(), beatMs / 2);
    this.#open();
  }

  /** For whom it speaks. */
  get accountId(): string {
    return this.#options.speaker.accountId;
  }

  get rooms(): string[] {
    return this.#options.rooms;
  }

  /** The port from which it speaks on its present connection; 0 for none. */
  get localPort(): number {
    return this.#localPort;
  }

  get unreceipted(): number {
    return this.#outgoing.unreceipted;
  }

  /** Connected, and every subscription stands. */
  get stands(): boolean {
    return this.#connection?.connectedMs !== undefined && this.#incoming.stands;
  }

  /** Whether it will never connect again. */
  get isGone(): boolean {
    return this.#isClosed;
  }

  confirmed(): Iterable<[roomId: string, seq: number]> {
    return this.#incoming.confirmed();
  }

  /** A message of its account that was never sent, or is to be repeated. */
  send(message: SentMessage): void {
    this.#outgoing.send(message);
  }

  /** Whether it was told that it may not read the room. */
  isShutOut(roomId: string): boolean {
    return this.#incoming.isShutOut(roomId);
  }

  /** It may read the room again. */
  letIn(roomId: string): void {
    this.#incoming.letIn(roomId);
  }

  /** Goes away and comes back as if on a journey. */
  reconnect(): void {
    if (this.#connection) this.#connection.isOurs = true;
    this.#socket?.close();
  }

  /** Takes nothing from the socket any more; the rest goes on. */
  stopReading(): void {
    if (this.#connection) this.#connection.isOurs = true;
    this.#isReading = false;
    this.#socket?.pause();
  }

  /** As if its machine was gone: it says nothing and never comes back. The socket is left as it is. */
  vanish(): void {
    if (this.#connection) this.#connection.isOurs = true;
    this.#isClosed = true;
    clearInterval(this.#beats);
  }

  readOn(): void {
    this.#isReading = true;
    this.#heardMs = performance.now();
    this.#socket?.resume();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beats);
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  #open(): void {
    const { recording, number, gateways, random, speaker } = this.#options;
    const others = gateways.filter((url) => url !== this.#connection?.gateway);
    const from = others.length > 0 ? others : gateways;
    const gateway = from[Math.floor(random() * from.length)]!;
    const startedMs = performance.now();
    const { accountId, token } = speaker;
    const connection: Connection = {
      number: recording.connections.length,
      client: number,
      accountId,
      sid: readLogin(token),
      gateway,
      startedMs,
    };
    recording.connections.push(connection);
    this.#connection = connection;
    const socket = new WebSocket(formatWebSocketUrl(gateway), ["v12.stomp"], {
      perMessageDeflate: false,
      handshakeTimeout: connectMsMax / 2,
    });
    this.#socket = socket;
    const late = setTimeout(() => connection.connectedMs ?? socket.terminate(), connectMsMax);
    socket.on("upgrade", (response) => (this.#localPort = response.socket.localPort ?? 0));
    socket.on("open", () => {
      const headers = { "accept-version": "1.2", host: "x", "heart-beat": `${beatMs},${beatMs}` };
      socket.send(formatFrame("CONNECT", { ...headers, Authorization: `Bearer ${token}` }));
    });
    socket.on("message", (data: Buffer) => {
      this.#heardMs = performance.now();
      for (const frame of parseFrames(data.toString())) this.#read(socket, connection, frame);
    });
    socket.on("error", (error) => (connection.error ??= error.message));
    socket.on("close", (code) => {
      clearTimeout(late);
      this.#closed(connection, code);
    });
  }

  #closed(connection: Connection, code: number): void {
    connection.closedMs = performance.now();
    connection.closeCode = code;
    this.#incoming.disconnected();
    this.#outgoing.disconnected();
    this.#socket = undefined;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => this.#open(), backOffMs(++this.#failures, this.#options.random));
  }

  #read(socket: WebSocket, connection: Connection, frame: ServerFrame): void {
    const write = (text: string) => socket.send(text);
    switch (frame.command) {
      case "CONNECTED":
        connection.connectedMs = performance.now();
        write(formatFrame("SUBSCRIBE", { id: "e", destination: destinations.errors }));
        this.#incoming.connected(connection.number, write);
        return this.#outgoing.connected(connection.number, write);
      case "RECEIPT": {
        const id = readHeader(frame, "receipt-id") ?? "";
        if (!id.startsWith("s")) return this.#outgoing.receipt(id);
        this.#incoming.stood(Number(id.slice(1)));
        if (this.#incoming.stands) this.#failures = 0;
        return;
      }
      case "MESSAGE": {
        const subscription = readHeader(frame, "subscription") ?? "";
        if (subscription === "e") return this.#rejected(frame.body);
        const confirmed = this.#incoming.message(Number(subscription.slice(1)), frame.body);
        if (confirmed) this.#options.confirmed?.(confirmed);
        return;
      }
      case "ERROR":
        connection.error = readHeader(frame, "code") ?? frame.headers;
        if (tokenFaults.has(connection.error)) this.#options.speaker.refused();
    }
  }

  #rejected(body: string): void {
    const { code, retryable, retryAfterMs, receiptId, subscription, position } = JSON.parse(body);
    if (code === "FORBIDDEN" && subscription !== undefined)
      return this.#incoming.shutOut(Number(subscription.slice(1)));
    if (code === "RESYNC") return this.#incoming.resync(Number(subscription.slice(1)), position.seq);
    if (receiptId !== undefined) this.#outgoing.refused(receiptId, { code, retryable, retryAfterMs });
  }

  #beat(): void {
    if (this.#connection?.connectedMs === undefined || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send("\n");
    if (this.#isReading && performance.now() - this.#heardMs > silenceMsMax) {
      this.#connection.error ??= "silent";
      this.#socket.terminate();
    }
  }
}

// A session with its client's side in plain sight: what it was sent, as octets and as frames. It shares no code with
// the engine's own decoder.
import { setImmediate as turn } from "node:timers/promises";
import { Session, stompLimits, type Limits, type SessionOptions, type Transport } from "../src/index.ts";
import { TestBroker } from "./broker.ts";

export interface ReceivedFrame {
  command: string;
  /** As they stood in the frame, escapes and all. */
  headers: Record<string, string>;
  body: string;
}

export interface TestClientOptions {
  limits?: Partial<Limits>;
  heartBeat?: SessionOptions<string>["heartBeat"];
  broker?: TestBroker;
}

export class TestClient {
  readonly broker: TestBroker;
  readonly session: Session<string>;
  readonly sent: Buffer[] = [];
  closed: { code: number; reason: string } | undefined;
  paused = false;
  nowMs = 0;

  constructor({ limits, heartBeat = { sendMs: 0, receiveMs: 0 }, broker = new TestBroker() }: TestClientOptions = {}) {
    this.broker = broker;
    const transport: Transport = {
      send: (data) => {
        if (this.closed) throw new Error("sent after close");
        this.sent.push(data);
      },
      close: (code, reason) => {
        if (this.closed) throw new Error("closed twice");
        this.closed = { code, reason };
      },
      pause: () => void (this.paused = true),
      resume: () => void (this.paused = false),
    };
    this.session = new Session({
      broker,
      transport,
      limits: { ...stompLimits, ...limits },
      server: "parley/0.0.0",
      sessionId: "session-1",
      heartBeat,
      now: () => this.nowMs,
    });
  }

  /** All frames so far, of this command if one is named. */
  frames(command?: string): ReceivedFrame[] {
    const all = parseFrames(Buffer.concat(this.sent));
    return command === undefined ? all : all.filter((frame) => frame.command === command);
  }

  get receipts(): (string | undefined)[] {
    return this.frames("RECEIPT").map(({ headers }) => headers["receipt-id"]);
  }

  get bodies(): string[] {
    return this.frames("MESSAGE").map(({ body }) => body);
  }

  /** The ERROR with its close, as `code/close code/receipt-id`. */
  get end(): string | undefined {
    const error = this.frames("ERROR")[0];
    if (error === undefined || this.closed === undefined) return undefined;
    const receipt = error.headers["receipt-id"];
    return [error.headers["code"], this.closed.code, ...(receipt === undefined ? [] : [receipt])].join("/");
  }

  /** Feeds frames, given with `^` for NUL. */
  feed(...frames: string[]): this {
    for (const frame of frames) this.session.receive(octets(frame));
    return this;
  }

  at(ms: number): this {
    this.nowMs = ms;
    this.session.tick(ms);
    return this;
  }

  /** All promises that could settle have settled. */
  async settled(): Promise<this> {
    await turn();
    return this;
  }
}

export function octets(text: string): Buffer {
  return Buffer.from(text.replaceAll("^", "\0"));
}

/** A client whose CONNECT was accepted. */
export function connected(version = "1.2", options?: TestClientOptions): TestClient {
  const client = new TestClient(options);
  client.feed(`CONNECT\naccept-version:${version}\nhost:x\nlogin:ann\n\n^`);
  client.sent.length = 0;
  return client;
}

function parseFrames(data: Buffer): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  let rest = data;
  while (rest.length > 0) {
    if (rest[0] === 10) {
      rest = rest.subarray(1);
      continue;
    }
    const headEnd = rest.indexOf("\n\n");
    const [command = "", ...lines] = rest.subarray(0, headEnd).toString().split("\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
    );
    const start = headEnd + 2;
    const counted = headers["content-length"];
    const stop = counted === undefined ? rest.indexOf(0, start) : start + Number(counted);
    if (rest[stop] !== 0) throw new Error("frame without NUL");
    frames.push({ command, headers, body: rest.subarray(start, stop).toString() });
    rest = rest.subarray(stop + 1);
  }
  return frames;
}

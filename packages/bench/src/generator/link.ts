// One client's connection: opened in its peer's dialect, then frames out and frames in.
import { connect, type Socket } from "node:net";
import { dialects, type DialectName } from "./dialects.ts";
import { encodeClientMessage, LineReader, WebSocketReader, type OnFrame } from "./frames.ts";

export interface LinkOptions {
  dialect: DialectName;
  port: number;
  room: string;
  token: string;
  /** Most clients use the same one; STOMP only, where nothing is subscribed without it. */
  subscriptionId: string | undefined;
}

export interface Link {
  /** @param receipt the id of the RECEIPT that is wanted; STOMP only */
  publish(body: string, receipt?: string): void;
  /** From the moment it is subscribed. */
  onFrame: OnFrame;
  readonly socket: Socket;
}

const openMsMax = 60_000;
const openAtOnce = 50;

/** A few at a time. */
export async function openLinks(count: number, optionsOf: (n: number) => LinkOptions): Promise<Link[]> {
  const links: Link[] = [];
  let next = 0;
  async function openSome() {
    while (next < count) {
      const n = next++;
      links[n] = await openLink(optionsOf(n));
    }
  }
  await Promise.all(Array.from({ length: openAtOnce }, openSome));
  return links;
}

/** Resolves once the subscription stands. */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { port, dialect: name } = options;
  const dialect = dialects[name];
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const reader = dialect.path === undefined ? new LineReader() : new WebSocketReader();
  const encode = dialect.path === undefined ? (text: string) => `${text}\n` : encodeClientMessage;
  const send = (text: string) => void socket.write(encode(text));
  const steps = dialect.open(options);
  const link: Link = {
    socket,
    publish: (body, receipt) => send(dialect.publish(options.room, body, receipt)),
    onFrame: () => {},
  };

  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name}: not open within ${openMsMax} ms`)), openMsMax);
    let place = 0;
    const advance = () => {
      const step = steps[place];
      if (step?.send !== undefined) send(step.send);
      if (step === undefined || step.expect === undefined) {
        clearTimeout(timer);
        resolve();
      }
    };
    const onFrame: OnFrame = (buffer, start, end) => {
      const step = steps[place];
      if (step?.expect === undefined) {
        if (dialect.answer && buffer[start] === dialect.answer.to) send(dialect.answer.with);
        return link.onFrame(buffer, start, end);
      }
      const text = buffer.toString("latin1", start, end);
      if (!text.startsWith(step.expect)) return reject(new Error(`${name}: ${text} in place of ${step.expect}`));
      place++;
      advance();
    };
    let isUpgraded = dialect.path === undefined;
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${name}: the server has closed the connection`)));
    socket.on("connect", () =>
      isUpgraded ? advance() : socket.write(formatUpgrade(dialect.path!, dialect.subprotocol)),
    );
    socket.on("data", (chunk: Buffer) => {
      if (isUpgraded) return reader.push(chunk, onFrame);
      const end = chunk.indexOf("\r\n\r\n");
      if (!chunk.toString("latin1", 0, 12).endsWith(" 101")) return reject(new Error(chunk.toString("latin1")));
      isUpgraded = true;
      advance();
      reader.push(chunk.subarray(end + 4), onFrame);
    });
  });
  return link;
}

function formatUpgrade(path: string, subprotocol: string | undefined): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

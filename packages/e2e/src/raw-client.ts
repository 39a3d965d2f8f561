// Literal frames over a WebSocket, for what no library would send, and the frames that come back.
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Person } from "./accounts.ts";
import { formatWebSocketUrl } from "./chat-client.ts";
import { Inbox } from "./inbox.ts";

export interface RawFrame {
  command: string;
  headers: Record<string, string>;
  body: string;
  /** When it came, by this process's monotonic clock. */
  atMs: number;
}

export interface RawClient {
  frames: Inbox<RawFrame>;
  /** Sends one frame; the NUL is added. */
  send(command: string, headers?: Record<string, string>, body?: string): void;
  sendBytes(data: Buffer | string): void;
  /** The first frame of a kind that was received or is yet to come. */
  next(command: string): Promise<RawFrame>;
  /** Resolves with the close code. */
  closed: Promise<number>;
  close(): void;
}

/** Opens a WebSocket; with a person also a STOMP session. */
export async function openRaw(serviceUrl: string, person?: Person): Promise<RawClient> {
  const socket = new WebSocket(formatWebSocketUrl(serviceUrl), ["v12.stomp"]);
  const frames = new Inbox<RawFrame>();
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("error", () => {}); // Close tells.
  socket.on("message", (data: Buffer) => {
    for (const text of data.toString().split("\0")) if (text.trim() !== "") frames.push(parseFrame(text.trimStart()));
  });
  await once(socket, "open");
  const client: RawClient = {
    frames,
    send: (command, headers = {}, body = "") => socket.send(formatFrame(command, headers, body)),
    sendBytes: (data) => socket.send(data),
    async next(command) {
      await frames.until((all) => all.some((frame) => frame.command === command));
      return frames.all.find((frame) => frame.command === command)!;
    },
    closed,
    close: () => socket.close(),
  };
  if (person) {
    client.send("CONNECT", { "accept-version": "1.2", host: "parley", Authorization: `Bearer ${person.token}` });
    await client.next("CONNECTED");
  }
  return client;
}

function formatFrame(command: string, headers: Record<string, string>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return `${[command, ...lines].join("\n")}\n\n${body}\0`;
}

/** Good enough for what our server sends: no escapes matter here. */
function parseFrame(text: string): RawFrame {
  const end = text.indexOf("\n\n");
  const [command = "", ...lines] = text.slice(0, end).split("\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
  return { command, headers, body: text.slice(end + 2), atMs: performance.now() };
}

// A WebSocket that speaks literal frames to the test door, and remembers the messages that come back.
import { once } from "node:events";
import { expect } from "vitest";
import { WebSocket, type ClientOptions } from "ws";

export interface Received {
  data: Buffer;
  isBinary: boolean;
}

export interface StompClient {
  socket: WebSocket;
  /** All messages but CONNECTED, in their order. */
  received: Received[];
  send(data: string | Buffer): void;
  /** The next message that begins with this command and was not asked for before, as text. */
  next(command: string): Promise<string>;
  nextData(command: string): Promise<Received>;
  closed: Promise<{ code: number; reason: string }>;
}

const connectFrame = "CONNECT\naccept-version:1.2\nhost:lab\nlogin:lab\npasscode:lab\nheart-beat:0,0\n\n\0";

/** @param connect the first frame; empty: none is sent, and none is waited for */
export async function openStomp(
  url: string,
  connect = connectFrame,
  { protocols = ["v12.stomp"], ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<StompClient> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), protocols, options);
  const received: Received[] = [];
  const taken = new Set<number>();
  socket.on("message", (data: Buffer, isBinary) => received.push({ data, isBinary }));
  socket.on("error", () => {}); // Close tells.
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await once(socket, "open");
  const client: StompClient = {
    socket,
    received,
    send: (data) => socket.send(data),
    async nextData(command) {
      const find = () =>
        received.findIndex(({ data }, n) => !taken.has(n) && data.toString("latin1").startsWith(command));
      await expect.poll(find, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(0);
      const at = find();
      taken.add(at);
      return received[at]!;
    },
    next: async (command) => (await client.nextData(command)).data.toString(),
    closed,
  };
  if (connect !== "") client.send(connect);
  if (connect === connectFrame) await client.next("CONNECTED");
  return client;
}

export function frame(command: string, headers: Record<string, string | number>, body: string | Buffer = ""): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  return Buffer.concat([Buffer.from(`${command}\n${lines.join("")}\n`), Buffer.from(body), Buffer.from([0])]);
}

/** What follows the headers, without the NUL. */
export function bodyOf({ data }: Received): Buffer {
  return data.subarray(data.indexOf("\n\n") + 2, -1);
}

// A client that opens many rooms, says something in some of them, leaves half of them and is gone.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { destinations, formatTopic } from "@parley/contracts";
import { WebSocket } from "ws";
import { formatWebSocketUrl } from "../src/chat-client.ts";
import { formatFrame, parseFrames, readHeader } from "./frames.ts";

/** Every so manieth room is spoken in. */
const spokenIn = 10;
const answerMsMax = 20_000;

/** @param isPolite says goodbye; else its connection just ends. @throws if it is not answered */
export async function visit(gatewayUrl: string, token: string, rooms: string[], isPolite: boolean): Promise<void> {
  const socket = new WebSocket(formatWebSocketUrl(gatewayUrl), ["v12.stomp"], { perMessageDeflate: false });
  socket.on("error", () => {}); // Close tells.
  const say = (command: string, headers: Record<string, string | number>, body = "") =>
    socket.send(formatFrame(command, headers, body));
  const waiting = new Map<string, () => void>();
  const answered = (name: string) => new Promise<void>((resolve) => waiting.set(name, resolve));
  socket.on("message", (data: Buffer) => {
    for (const frame of parseFrames(data.toString())) waiting.get(readHeader(frame, "receipt-id") ?? frame.command)?.();
  });
  const lost = once(socket, "close").then(() => "closed");
  const late = AbortSignal.timeout(answerMsMax);
  const expired = once(late, "abort").then(() => "late");
  const all = async (answers: Promise<void>[]) => {
    const how = await Promise.race([Promise.all(answers), lost, expired]);
    if (typeof how === "string") throw new Error(`a visitor was not answered: ${how}`);
  };
  try {
    await all([once(socket, "open").then(() => {})]);
    const greeted = answered("CONNECTED");
    say("CONNECT", { "accept-version": "1.2", host: "x", Authorization: `Bearer ${token}` });
    await all([greeted]);
    const stand = rooms.map((_, n) => answered(`s${n}`));
    for (const [n, room] of rooms.entries())
      say("SUBSCRIBE", { id: n, destination: formatTopic(room), receipt: `s${n}` });
    await all(stand);
    const spoken = rooms.filter((_, n) => n % spokenIn === 0);
    const stored = spoken.map((_, n) => answered(`m${n}`));
    for (const [n, roomId] of spoken.entries()) {
      const body = JSON.stringify({ roomId, tempId: randomUUID(), content: "passing by" });
      say("SEND", { destination: destinations.chat, receipt: `m${n}` }, body);
    }
    await all(stored);
    for (let n = 0; n < rooms.length / 2; n++) say("UNSUBSCRIBE", { id: n });
    if (!isPolite) return;
    const farewell = answered("bye");
    say("DISCONNECT", { receipt: "bye" });
    await all([farewell]);
  } finally {
    socket.terminate();
  }
}

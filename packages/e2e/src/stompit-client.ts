// stompit, a client for Node that speaks STOMP over any stream; here over a WebSocket's.
import { once } from "node:events";
import { destinations, formatTopic } from "@parley/contracts";
import stompit, { type StompitClient } from "stompit";
import { createWebSocketStream, WebSocket } from "ws";
import type { Person } from "./accounts.ts";
import { formatWebSocketUrl, type ChatClient } from "./chat-client.ts";
import { Inbox, type Received } from "./inbox.ts";

export async function connectStompit(serviceUrl: string, { token }: Person): Promise<ChatClient> {
  const socket = new WebSocket(formatWebSocketUrl(serviceUrl), ["v12.stomp", "v11.stomp", "v10.stomp"]);
  const client = await new Promise<StompitClient>((resolve, reject) => {
    const connectHeaders = { Authorization: `Bearer ${token}`, "heart-beat": "10000,10000" };
    const connect = (_options: unknown, connected: () => void) => {
      socket.once("open", connected);
      return createWebSocketStream(socket);
    };
    stompit.connect({ host: "parley", connectHeaders, connect }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  client.on("error", () => {}); // The socket's end is told by its close.
  let transactions = 0;

  return {
    async subscribe(roomId) {
      const inbox = new Inbox();
      client.subscribe({ destination: formatTopic(roomId), ack: "auto" }, (error, message) => {
        if (error) return;
        message.readString("utf8", (_error, body = "") => inbox.push(JSON.parse(body) as Received));
      });
      // It cannot ask for the RECEIPT of a SUBSCRIBE; that of the next frame implies it (STOMP 1.2 §RECEIPT).
      const transaction = `t${transactions++}`;
      await new Promise<void>((resolve) => client.sendFrame("BEGIN", { transaction }, { onReceipt: resolve }).end());
      return inbox;
    },
    async send(message) {
      const headers = { destination: destinations.chat, "content-type": "application/json" };
      await new Promise<void>((resolve) => client.send(headers, { onReceipt: resolve }).end(JSON.stringify(message)));
    },
    async close() {
      client.disconnect();
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
    },
  };
}

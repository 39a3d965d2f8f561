// The browser's usual client, @stomp/stompjs, on Node.
import { randomUUID } from "node:crypto";
import { destinations, formatTopic } from "@parley/contracts";
import { Client, ReconnectionTimeMode, type IStompSocket } from "@stomp/stompjs";
import { WebSocket } from "ws";
import type { Person } from "./accounts.ts";
import { formatWebSocketUrl, type ChatClient } from "./chat-client.ts";
import { Inbox, type Received } from "./inbox.ts";

export interface ResumingClient extends ChatClient {
  /** @param after given what the room holds beyond this seq before the RECEIPT comes */
  subscribe(roomId: string, after?: number): Promise<Inbox>;
}

/** @param createSocket anything that behaves like a WebSocket, such as a SockJS object */
export async function connectStompjs(
  serviceUrl: string,
  { token }: Person,
  createSocket: () => IStompSocket = () => new WebSocket(formatWebSocketUrl(serviceUrl), ["v12.stomp", "v11.stomp"]),
): Promise<ResumingClient> {
  const client = new Client({
    webSocketFactory: createSocket,
    connectHeaders: { Authorization: `Bearer ${token}` },
    reconnectDelay: 0,
    reconnectTimeMode: ReconnectionTimeMode.LINEAR,
  });
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onStompError = ({ headers }) => reject(new Error(headers["code"]));
    client.onWebSocketClose = ({ reason }) => reject(new Error(`closed: ${reason}`));
    client.activate();
  });

  function receipt() {
    const id = randomUUID();
    const arrived = new Promise<void>((resolve) => client.watchForReceipt(id, () => resolve()));
    return { id, arrived };
  }

  return {
    async subscribe(roomId, after) {
      const inbox = new Inbox();
      const { id, arrived } = receipt();
      const headers = { receipt: id, ...(after !== undefined && { after: String(after) }) };
      client.subscribe(formatTopic(roomId), ({ body }) => inbox.push(JSON.parse(body) as Received), headers);
      await arrived;
      return inbox;
    },
    async send(message) {
      const { id, arrived } = receipt();
      client.publish({ destination: destinations.chat, body: JSON.stringify(message), headers: { receipt: id } });
      await arrived;
    },
    close: () => client.deactivate(),
  };
}

// The broadcast that everybody writes first: `ws`, and a loop over the room's sockets.
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";

const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { join?: string; roomId?: string };
    if (message.join !== undefined) {
      rooms.set(message.join, (rooms.get(message.join) ?? new Set()).add(socket));
      return socket.send("joined");
    }
    const text = JSON.stringify(message);
    for (const member of rooms.get(message.roomId ?? "") ?? []) member.send(text);
  });
});

server.on("listening", () => process.send?.({ port: (server.address() as AddressInfo).port }));

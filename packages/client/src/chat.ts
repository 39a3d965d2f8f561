// Puts the parts together: one connection, the outbox's messages, the open rooms.
import { destinations, isRoomId, type ChatRejected } from "@parley/contracts";
import type { Chat, ChatOptions } from "./api.ts";
import { ChatError } from "./chat-error.ts";
import { createConnection } from "./connection.ts";
import { createHistory } from "./history.ts";
import type { Link } from "./link.ts";
import { createOutbox } from "./outbox.ts";
import { openRoom, type OpenRoom } from "./room.ts";
import { createSender } from "./sender.ts";
import { createTracing } from "./trace.ts";

/** How often previews and answers are looked at that are overdue. */
const tickMs = 5_000;

export function createChat(options: ChatOptions): Chat {
  const { accountId, senderName, outbox = createOutbox(accountId) } = options;
  const getToken = () => options.getToken();
  const origin = options.url || location.origin;
  const createWebSocket =
    options.createWebSocket ?? ((url: string, protocols: string[]) => new WebSocket(url, protocols));
  const tracing = createTracing();
  const rooms = new Map<string, OpenRoom>();
  let link: Link | undefined;

  const history = createHistory(origin, getToken);
  const sender = createSender({
    outbox,
    onStored: (roomId, tempId) => rooms.get(roomId)?.stored(tempId),
    onRefused: (roomId, tempId, code) => rooms.get(roomId)?.refused(tempId, code),
    onRestored(entries) {
      for (const [id, room] of rooms) room.restored(entries.filter(({ roomId }) => roomId === id));
    },
    renew: () => connection.renew(),
  });
  const connection = createConnection({
    createSocket: (protocols) => createWebSocket(`${origin.replace(/^http/, "ws")}/ws`, protocols),
    getToken,
    tracing,
    onConnected(next) {
      link = next;
      // First of all, so that refusals of what follows are heard.
      next.subscribe(destinations.errors, (body) => rejected(body as ChatRejected));
      for (const room of rooms.values()) room.connected(next);
      sender.connected(next);
    },
    onDisconnected(end) {
      link = undefined;
      sender.disconnected(end);
      for (const room of rooms.values()) room.disconnected(end);
    },
  });
  const ticking = setInterval(() => {
    const now = Date.now();
    sender.tick(now);
    for (const room of rooms.values()) room.tick(now);
  }, tickMs);

  function rejected(rejection: ChatRejected) {
    sender.rejected(rejection);
    if (rejection.code !== "RESYNC" || rejection.subscription === undefined) return;
    for (const room of rooms.values()) room.resync(rejection.subscription);
  }

  return {
    room(roomId) {
      if (!isRoomId(roomId)) throw new ChatError("INVALID", "not a room id");
      const known = rooms.get(roomId);
      if (known) return known;
      const onClosed = () => void rooms.delete(roomId);
      const room = openRoom({ roomId, accountId, senderName, sender, history, tracing, onClosed });
      rooms.set(roomId, room);
      if (link) room.connected(link);
      return room;
    },
    connection: connection.state,
    onTrace: (listener) => tracing.listen(listener),
    async close() {
      clearInterval(ticking);
      for (const room of rooms.values()) room.close();
      connection.close();
    },
  };
}

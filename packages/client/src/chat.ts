// Puts the parts together: one connection, the outbox's messages, the open rooms.
import { destinations, isRoomId, type ChatRejected } from "@parley/contracts";
import type { Chat, ChatOptions } from "./api.ts";
import { ChatError } from "./chat-error.ts";
import { createCall } from "./call.ts";
import { createConnection } from "./connection.ts";
import { createHistory } from "./history.ts";
import type { Link } from "./link.ts";
import { createOutbox } from "./outbox.ts";
import { openRoom, type OpenRoom } from "./room.ts";
import { createRooms } from "./rooms.ts";
import { createSender } from "./sender.ts";
import { createTokenRenewal } from "./token-renewal.ts";
import { createTracing } from "./trace.ts";

/** How often previews and answers are looked at that are overdue. */
const tickMs = 5_000;
/** So long after one came into a room, a gateway may not have heard of it. */
const newcomerMsMax = 5_000;

export function createChat(options: ChatOptions): Chat {
  const { accountId, senderName, outbox = createOutbox(accountId) } = options;
  const getToken: ChatOptions["getToken"] = (wanted) => options.getToken(wanted);
  const origin = options.url || location.origin;
  const createWebSocket =
    options.createWebSocket ?? ((url: string, protocols: string[]) => new WebSocket(url, protocols));
  const tracing = createTracing();
  const rooms = new Map<string, OpenRoom>();
  const enteredAt = new Map<string, number>();
  let link: Link | undefined;

  const call = createCall(origin, getToken);
  const history = createHistory(call);
  const renewal = createTokenRenewal({ getToken, onSignedOut: () => connection.close("UNAUTHENTICATED") });
  const sender = createSender({
    outbox,
    onStored: (roomId, tempId) => rooms.get(roomId)?.stored(tempId),
    onRefused: (roomId, tempId, failure) => rooms.get(roomId)?.refused(tempId, failure),
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
      renewal.connected(next);
      for (const room of rooms.values()) room.connected(next);
      sender.connected(next);
    },
    onDisconnected(end) {
      link = undefined;
      renewal.disconnected();
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
    renewal.rejected(rejection);
    sender.rejected(rejection);
    if (rejection.subscription !== undefined) for (const room of rooms.values()) room.rejected(rejection);
  }

  function entered(roomId: string) {
    enteredAt.set(roomId, performance.now());
    rooms.get(roomId)?.reopen();
  }

  function isNewcomer(roomId: string): boolean {
    return performance.now() < (enteredAt.get(roomId) ?? -Infinity) + newcomerMsMax;
  }

  return {
    room(roomId) {
      if (!isRoomId(roomId)) throw new ChatError("INVALID", "not a room id");
      const known = rooms.get(roomId);
      if (known) return known;
      const room = openRoom({
        roomId,
        accountId,
        senderName,
        sender,
        history,
        tracing,
        isNewcomer: () => isNewcomer(roomId),
        onClosed: () => void rooms.delete(roomId),
      });
      rooms.set(roomId, room);
      if (link) room.connected(link);
      return room;
    },
    connection: connection.state,
    rooms: createRooms(call, accountId, entered),
    onTrace: (listener) => tracing.listen(listener),
    async close() {
      clearInterval(ticking);
      for (const room of rooms.values()) room.close();
      connection.close();
    },
  };
}

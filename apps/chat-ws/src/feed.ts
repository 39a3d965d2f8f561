// What comes from the bus for one partition, parsed and handed to the room and the receipts it concerns.
import type { Bus, Unsubscribe } from "@parley/bus";
import { Refusal, type Channels } from "@parley/contracts";
import { parseMessageEvent, parseRejectedEvent, parseTimestampEvent, parseUpdateEvent } from "./bus-events.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Receipts } from "./receipts.ts";
import type { Rooms } from "./rooms.ts";

export interface FeedOptions<L> {
  bus: Bus;
  rooms: Rooms<L>;
  receipts: Receipts;
  metrics: GatewayMetrics;
}

/** Resolves once the subscriptions stand, to their end; rejects if not all of them do. */
export async function subscribeFeed<L>(
  channels: Channels,
  { bus, rooms, receipts, metrics }: FeedOptions<L>,
): Promise<Unsubscribe> {
  const ends: Unsubscribe[] = [];
  const end = async () => void (await Promise.all(ends.map((unsubscribe) => unsubscribe())));
  const answersReceipt = (topic: string, payload: string) =>
    (topic === "timestamp" || topic === "rejected") && receipts.concerns(payload);

  /** Parses what concerns this gateway: one of its open rooms, or one of its receipts. */
  async function listen<E>(
    topic: "message" | "timestamp" | "update" | "rejected",
    parse: (payload: string) => E | undefined,
    handle: (event: E) => void,
  ) {
    const unsubscribe = await bus.subscribe(channels[topic], (payload) => {
      const roomId = peekRoomId(payload);
      if (roomId !== undefined && !rooms.get(roomId) && !answersReceipt(topic, payload)) return;
      const event = parse(payload);
      if (event) handle(event);
      else metrics.ignored.inc({ topic });
    });
    ends.push(unsubscribe);
  }

  try {
    await listenToAll();
    return end;
  } catch (error) {
    await end();
    throw error;
  }

  async function listenToAll() {
    await listen("timestamp", parseTimestampEvent, (event) => {
      receipts.confirm(event.via);
      rooms.get(event.roomId)?.confirm(event);
    });
    await listen("update", parseUpdateEvent, (event) => rooms.get(event.roomId)?.change(event));
    await listen("rejected", parseRejectedEvent, (event) => {
      const { code, roomId, tempId, via } = event;
      receipts.reject(via, new Refusal(code, "refused when stored", { roomId, tempId }));
      rooms.get(roomId)?.reject(event);
    });
    await listen("message", parseMessageEvent, (event) => rooms.get(event.roomId)?.preview(event));
  }
}

const roomIdFirst = '{"roomId":"';

/** The roomId, if it is the first key, without parsing the rest. */
function peekRoomId(payload: string): string | undefined {
  if (!payload.startsWith(roomIdFirst)) return undefined;
  return payload.slice(roomIdFirst.length, payload.indexOf('"', roomIdFirst.length));
}

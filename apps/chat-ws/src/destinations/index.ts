// All that clients may say to chat-ws.
import { destinations, parseTopic } from "@parley/contracts";
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";
import type { Listener } from "../delivery.ts";
import type { Rooms } from "../rooms.ts";
import { createChat, type ChatOptions } from "./chat.ts";
import { createErrors } from "./errors.ts";
import { createTopic } from "./topic.ts";

export function createDestinations(options: ChatOptions & { rooms: Rooms<Listener> }) {
  const topic = createTopic(options.rooms);
  const named = new Map<string, Destination<Principal>>([
    [destinations.chat, createChat(options)],
    [destinations.errors, createErrors()],
  ]);
  return (name: string): Destination<Principal> | undefined =>
    named.get(name) ?? (parseTopic(name) === undefined ? undefined : topic);
}

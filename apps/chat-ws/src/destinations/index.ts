// All that clients may say to chat-ws.
import { destinations, parseTopic } from "@parley/contracts";
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";
import { createAuth, type AuthOptions } from "./auth.ts";
import { createChat, type ChatOptions } from "./chat.ts";
import { createErrors } from "./errors.ts";
import { createTopic, type TopicOptions } from "./topic.ts";

export function createDestinations(options: ChatOptions & TopicOptions & AuthOptions) {
  const topic = createTopic(options);
  const named = new Map<string, Destination<Principal>>([
    [destinations.chat, createChat(options)],
    [destinations.auth, createAuth(options)],
    [destinations.errors, createErrors()],
  ]);
  return (name: string): Destination<Principal> | undefined =>
    named.get(name) ?? (parseTopic(name) === undefined ? undefined : topic);
}

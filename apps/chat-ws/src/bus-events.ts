// What comes from the bus, as events. The bus is trusted (contracts §2): of what comes with every message only kinds are
// checked; what is rare is checked by its schema.
import { ChatRejectedPubSub, StoredMessage, type ChatMessagePubSub, type ChatTimestampPubSub } from "@parley/contracts";

type Parse<E> = (payload: string) => E | undefined;

const messageTexts = ["roomId", "tempId", "sender", "senderName", "content", "via"];
const timestampTexts = ["roomId", "id", "tempId", "sender", "createdAt", "via"];

export const parseMessageEvent: Parse<ChatMessagePubSub> = (payload) => {
  const json = parseJson(payload);
  return json && hasTexts(json, messageTexts) ? (json as ChatMessagePubSub) : undefined;
};

export const parseTimestampEvent: Parse<ChatTimestampPubSub> = (payload) => {
  const json = parseJson(payload);
  if (
    !json ||
    !hasTexts(json, timestampTexts) ||
    !Number.isInteger(json["seq"]) ||
    !Number.isInteger(json["changeSeq"])
  )
    return undefined;
  if (json["stored"] !== undefined && !StoredMessage.safeParse(json["stored"]).success) return undefined;
  return json as ChatTimestampPubSub;
};

export const parseUpdateEvent: Parse<StoredMessage> = (payload) => StoredMessage.safeParse(parseJson(payload)).data;

export const parseRejectedEvent: Parse<ChatRejectedPubSub> = (payload) =>
  ChatRejectedPubSub.safeParse(parseJson(payload)).data;

function hasTexts(json: Record<string, unknown>, names: readonly string[]): boolean {
  for (const name of names) if (typeof json[name] !== "string") return false;
  return true;
}

function parseJson(payload: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(payload);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

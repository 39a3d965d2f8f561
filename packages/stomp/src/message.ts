// MESSAGE frames, made so that a fan-out encodes once. It must not know who they are for.
import { encodeEnd, encodeHeader, joinFrame } from "./encode.ts";
import type { Version } from "./version.ts";

export interface Message {
  /** Unique in the session, or better everywhere. */
  messageId: string;
  destination: string;
  /** A MIME type; left out if the sender named none: the body is binary then (STOMP 1.2 §Header content-type). */
  contentType?: string | undefined;
  body: Buffer | string;
  /** More headers, as from `userHeaders`. */
  headers?: Iterable<readonly [name: string, value: string]> | undefined;
}

/** The part of a MESSAGE that is the same for every subscription: all but its `headerLine`. */
export type MessageRest = Buffer;

/**
 * A MESSAGE for all subscriptions with the same header line (`ack:auto` only).
 * @param version one of those subscriptions' sessions; the frame serves all versions if no value needs escapes
 */
export function encodeMessage(message: Message & { headerLine: string }, version: Version = "1.2"): Buffer {
  return joinFrame(`MESSAGE\n${message.headerLine}${encodeHeaders(message, version)}`, encodeEnd(message.body));
}

/** The shared part, for many subscriptions whose header lines differ. */
export function encodeMessageRest(message: Message, version: Version = "1.2"): MessageRest {
  return joinFrame(encodeHeaders(message, version), encodeEnd(message.body));
}

/** A whole MESSAGE from its parts. */
export function joinMessage(headerLine: string, rest: MessageRest): Buffer {
  return joinFrame(`MESSAGE\n${headerLine}`, rest);
}

function encodeHeaders({ messageId, destination, contentType, headers }: Message, version: Version): string {
  let lines = encodeHeader("message-id", messageId, version) + encodeHeader("destination", destination, version);
  if (contentType !== undefined) lines += encodeHeader("content-type", contentType, version);
  for (const [name, value] of headers ?? []) lines += encodeHeader(name, value, version);
  return lines;
}

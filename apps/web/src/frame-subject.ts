// What a frame is about, in a few words. Pure.
import type { FrameTrace } from "@parley/client";

export interface Subject {
  readonly place: string;
  /** Which event a MESSAGE carries (docs/protocol.md, "Events"); undefined for other frames. */
  readonly event?: "preview" | "confirmation" | "message" | "withdrawal";
}

export function subjectOf({ command, headers, body }: Pick<FrameTrace, "command" | "headers" | "body">): Subject {
  const place = headers["destination"] ?? headers["receipt-id"] ?? headers["message"] ?? "";
  const event = command === "MESSAGE" ? eventOf(body) : undefined;
  return { place, ...(event && { event }) };
}

function eventOf(body: string): Subject["event"] {
  const payload = parse(body);
  if (typeof payload !== "object" || payload === null || !("seq" in payload)) return undefined;
  if (payload.seq === null) return "deleted" in payload && payload.deleted === true ? "withdrawal" : "preview";
  return "content" in payload ? "message" : "confirmation";
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// Frames as an "under the hood" panel shows them: made from the raw text, without tokens. Nobody acts upon them.
import { destinations } from "@parley/contracts";
import type { FrameTrace, TraceEvent } from "./api.ts";

const secretHeaders = new Set(["Authorization", "passcode"]);

export interface Tracing {
  /** Whether it is worth making an event. */
  readonly isOn: boolean;
  tell(event: TraceEvent): void;
  listen(listener: (event: TraceEvent) => void): () => void;
}

export function createTracing(): Tracing {
  const listeners = new Set<(event: TraceEvent) => void>();
  return {
    get isOn() {
      return listeners.size > 0;
    },
    tell(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The frames in what was sent or received at once; a heart-beat is a frame without a command. */
export function parseTrace(raw: string, direction: FrameTrace["direction"], at: number): FrameTrace[] {
  const texts = raw.split("\0").filter((text, index) => index === 0 || text.trim() !== "");
  return texts.map((text) => {
    const [head = "", ...rest] = text.replace(/^\n+/, "").split("\n\n");
    const [command = "", ...lines] = head.split("\n");
    const headers = Object.fromEntries(lines.map(parseHeader));
    const body = headers["destination"] === destinations.auth ? "…" : rest.join("\n\n");
    return { kind: "frame", at, direction, command: command.trim(), headers, body };
  });
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon);
  return [name, secretHeaders.has(name) ? "…" : line.slice(colon + 1)];
}

// Somebody who says something in a room again and again, and hears it.
import type { RoomListener } from "./room-listener.ts";

export interface Talk {
  /** Resolves once something was heard in the room that was said later than this. */
  untilSaidAfter(atMs: number): Promise<void>;
  stop(): void;
}

/** @param everyMs how long between two messages */
export async function startTalk(speaker: RoomListener, roomId: string, everyMs: number): Promise<Talk> {
  const id = speaker.subscribe(roomId);
  if (!(await speaker.stands(id))) throw new Error("who talks may not read the room");
  const saidMs: number[] = [];
  const timer = setInterval(() => speaker.say(roomId, String(saidMs.push(performance.now()) - 1)), everyMs);
  const heardMs = (): number => {
    const { content } = JSON.parse(speaker.given(id).at(-1)?.body ?? "{}") as { content?: string };
    return saidMs[Number(content)] ?? -Infinity;
  };
  return {
    untilSaidAfter: (atMs) => speaker.client.frames.until(() => heardMs() > atMs),
    stop: () => clearInterval(timer),
  };
}

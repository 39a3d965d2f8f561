// What a room asks of its surroundings, and who listens to it.
import type { ChatMessageReceive, ChatTimestampReceive, Position } from "@parley/contracts";
import type { Room } from "./room.ts";

export type Body = ChatMessageReceive | ChatTimestampReceive;

/** The listeners of one room as those who are spoken to. */
export interface Audience<L> {
  join(listener: L): void;
  leave(listener: L): void;
  /** To all of them. Answers with those who read too slowly to be given a preview. */
  deliver(messageId: string, body: Body): L[];
  /** To these, whether or not they have joined. Answers as `deliver` does. */
  deliverTo(listeners: L[], messageId: string, body: Body): L[];
}

/** What a room asks of its surroundings. L: a listener. */
export interface RoomOutlets<L> {
  openAudience(): Audience<L>;
  /** What is behind the room's position must be fetched, unless it arrives within `waitMs`. */
  behind(room: Room<L>, waitMs: number): void;
  /** Too far behind to be healed: these listeners must load pages and go on from the position. */
  resync(listeners: Iterable<L>, position: Position): void;
  now(): number;
}

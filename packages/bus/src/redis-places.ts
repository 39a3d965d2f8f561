// Where names are kept, on one Redis or on several: what the bus needs to know of it, and no more.
import type { Redis } from "ioredis";
import type { GapListener, Listener, Unsubscribe } from "./bus.ts";
import type { Lane } from "./redis-lane.ts";
import type { RedisServer } from "./redis-server.ts";

export interface Place {
  server: RedisServer;
  /** The same for the same server only. */
  origin: string;
  lane: Lane;
}

/** A connection that leads to whoever has a name, now and later. */
export interface Line {
  redis: Redis;
  /** Which server it leads to: where that is not `Place.origin`, its ids of entries mean others. */
  origin(): string;
  /** For good. */
  close(): void;
}

export interface RedisPlaces {
  readonly needsPartitions: boolean;
  /**
   * Where what all these names belong to is done.
   * @throws BusFault UNREACHABLE while it cannot be done; Error for names that have no place in common
   */
  placeOf(name: string, ...others: string[]): Place;
  /** Whoever has a name at present, reachable or not, if that is known. */
  serverOf(name: string): RedisServer | undefined;
  /** Whether one cannot be used without the other. */
  areTogether(name: string, other: string): boolean;
  /** @param answerMs the longest that a command over it may take */
  openReader(log: string, answerMs: number): Line;
  subscribe(topic: string, listener: Listener): Promise<Unsubscribe>;
  onGap(listener: GapListener): void;
  /** Takes note of how a call about this name failed. */
  failed(name: string, error: unknown): void;
  /** Why what has this name, or anything in use, can be neither sent nor heard. */
  away(name?: string): string | undefined;
  /** Why nothing may be appended under this name, or under any, although there are answers. */
  unfit(name?: string): string | undefined;
  /** Waits for the answers to what was called for, then ends all connections but those of open readers. */
  close(): Promise<void>;
}

/** What all connections of a bus have in common. */
export interface ConnectionOptions {
  clientName: string;
  logEntriesMax: number;
  commandMs: number;
  /** Told of faults that no call reports, as often as they come. */
  report: (error: Error) => void;
  /** Told what is said once. */
  tell: (error: Error) => void;
}

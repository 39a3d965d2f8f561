// Connections that lead to whoever has a slot, and follow it. They must not know what goes over them.
import { openConnection, type Pace, type Report } from "../redis-connection.ts";
import type { Line } from "../redis-places.ts";
import { addressOf, urlAt } from "../redis-url.ts";
import type { SlotOwner } from "./slot-map.ts";

export interface SlotLine extends Line {
  readonly slot: number;
  /** Where it leads, or led when it was known last. */
  owner(): SlotOwner | undefined;
}

export interface Lines {
  /** @param name what CLIENT LIST shows */
  open(slot: number, name: string, answerMs: number): SlotLine;
  /** Leads those elsewhere whose slot has another owner now. */
  follow(): void;
}

/** They are wanted elsewhere as soon as another node has the slot. */
const pace: Pace = { retryMsMax: 500, endMs: 250 };

/** @param url gives user, password, TLS and options; without an owner of the slot it is where a connection waits for one */
export function createLines(url: string, ownerOf: (slot: number) => SlotOwner | undefined, report: Report): Lines {
  const followers = new Set<() => void>();

  function open(slot: number, name: string, answerMs: number): SlotLine {
    let owner = ownerOf(slot);
    let origin = "";
    const redis = openConnection(urlAt(url, owner ?? addressOf(url)), name, answerMs, report, pace);

    /** ioredis looks at these options each time it connects, which it does again by itself. */
    function follow() {
      const now = ownerOf(slot);
      if (now === undefined || now.key === owner?.key) return;
      owner = now;
      Object.assign(redis.options, { host: now.host, port: now.port });
      redis.disconnect(true);
    }

    redis.on("connecting", () => (origin = owner?.key ?? ""));
    followers.add(follow);
    return {
      slot,
      redis,
      origin: () => origin,
      owner: () => owner,
      close() {
        followers.delete(follow);
        redis.disconnect();
      },
    };
  }

  return {
    open,
    follow() {
      for (const follow of followers) follow();
    },
  };
}

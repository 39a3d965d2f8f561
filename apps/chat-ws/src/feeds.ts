// Which partitions this gateway listens to: those in which it has a room open or a message under way. It must not know what
// is heard there.
import { Refusal, type Channels } from "@parley/contracts";
import type { Unsubscribe } from "@parley/bus";

export interface Feeds {
  /** Resolves once the partition of these channels is heard; it stays so for a while. @throws Refusal UNAVAILABLE */
  use(channels: Channels): Promise<void>;
  /** The same without waiting: why it is not heard yet, or undefined. */
  lacks(channels: Channels): string | undefined;
  /** Ends what is not among those in use, and has not been used for a while. To be called now and then. */
  sweep(inUse: ReadonlySet<Channels>): void;
}

/** Longer than anybody waits for an answer, in milliseconds. */
const lingerMs = 60_000;

interface Feed {
  stands: boolean;
  usedAtMs: number;
  opened: Promise<Unsubscribe>;
}

/** @param subscribe resolves once all topics of the partition are heard */
export function createFeeds(subscribe: (channels: Channels) => Promise<Unsubscribe>, now: () => number): Feeds {
  const feeds = new Map<Channels, Feed>();

  function open(channels: Channels): Feed {
    const feed: Feed = { stands: false, usedAtMs: now(), opened: subscribe(channels) };
    feeds.set(channels, feed);
    feed.opened.then(
      () => (feed.stands = true),
      () => feeds.delete(channels), // Whoever needs it next tries again.
    );
    return feed;
  }

  function touch(channels: Channels): Feed {
    const feed = feeds.get(channels) ?? open(channels);
    feed.usedAtMs = now();
    return feed;
  }

  return {
    async use(channels) {
      try {
        await touch(channels).opened;
      } catch (error) {
        throw new Refusal("UNAVAILABLE", `cannot listen: ${String(error)}`);
      }
    },
    lacks: (channels) => (touch(channels).stands ? undefined : "its partition is not listened to yet"),
    sweep(inUse) {
      for (const [channels, { stands, usedAtMs, opened }] of feeds) {
        if (!stands || inUse.has(channels) || now() - usedAtMs < lingerMs) continue;
        feeds.delete(channels);
        void opened.then((unsubscribe) => unsubscribe());
      }
    },
  };
}

// Who may read and write in which room, as chat-history said, until it is heard that this has changed. A late answer cannot
// undo a removal: each carries the room's version, and what is older than a change that was heard of is asked for again.
import {
  accessChangesMax,
  endingChanges,
  Refusal,
  type AccessAnswer,
  type ChatAccessPubSub,
  type RefusalContext,
} from "@parley/contracts";
import type { AccessHistory, Asked } from "./history.ts";
import { createQuestions } from "./questions.ts";
import type { GatewayMetrics } from "./metrics.ts";

type Right = "read" | "write";

export interface Access {
  /**
   * Resolves if the account may; without a network call and at once (undefined) if that is known.
   * @param context of the refusal
   * @throws Refusal FORBIDDEN; or rejects with that or UNAVAILABLE
   */
  require(right: Right, asked: Asked, context?: RefusalContext): void | Promise<void>;
  /** `onEnded` is called once, when the account may no longer read. To be called in the turn in which it was required. */
  watch(asked: Asked, onEnded: () => void): Unwatch;
  /** Something has changed. */
  hear(event: ChatAccessPubSub): void;
  /** Asks what has changed in all rooms: events may have been missed. @throws Refusal UNAVAILABLE */
  check(): Promise<void>;
  /** Places whose answers are kept. */
  readonly size: number;
}

export type Unwatch = () => void;

interface Options {
  history: AccessHistory;
  metrics: Pick<GatewayMetrics, "accessChecked">;
  now: () => number;
}

interface Rights {
  read: boolean;
  write: boolean;
  /** A mute ends then. */
  writeAtMs: number;
  /** What they lack is asked for again from then on. */
  lackingUntilMs: number;
}

/** One account in one room. */
interface Place extends Asked {
  /** No answer before this version is worth anything. */
  version: number;
  /** Undefined while it is not known. */
  rights: Rights | undefined;
  asking: Promise<void> | undefined;
  watchers: Set<() => void>;
}

interface RoomPlaces {
  /** Changes up to this version have been heard of by all its places. */
  version: number;
  byAccount: Map<string, Place>;
}

const askedMax = 1_000;
/** Answers kept of places that nobody watches. Beyond it the one that was used least lately is forgotten. */
const idlePlacesMax = 10_000;
/** How long a refusal is believed: who joins must not be kept out by an event that is late, or lost. */
const lackingMs = 1_000;
/** An answer that is older than a change is asked for again; so often, that is no race any more. */
const triesMax = 10;

export function createAccess({ history, metrics, now }: Options): Access {
  const rooms = new Map<string, RoomPlaces>();
  /** Without watchers, in the order of their last use. */
  const idle = new Set<Place>();
  const askOne = createQuestions<Asked, AccessAnswer>(askedMax, (asked) => history.access(asked));

  function placeOf({ roomId, accountId }: Asked): Place {
    const known = rooms.get(roomId)?.byAccount.get(accountId);
    if (known) return known;
    const place: Place = { roomId, accountId, version: 0, rights: undefined, asking: undefined, watchers: new Set() };
    const room = rooms.get(roomId) ?? { version: Infinity, byAccount: new Map<string, Place>() };
    room.byAccount.set(accountId, place);
    rooms.set(roomId, room);
    return place;
  }

  function touch(place: Place) {
    idle.delete(place);
    if (place.watchers.size > 0) return;
    idle.add(place);
    if (idle.size > idlePlacesMax) for (const oldest of idle) if (!oldest.asking) return forget(oldest);
  }

  function forget(place: Place) {
    idle.delete(place);
    const room = rooms.get(place.roomId);
    room?.byAccount.delete(place.accountId);
    if (room?.byAccount.size === 0) rooms.delete(place.roomId);
  }

  async function ask(place: Place) {
    metrics.accessChecked.inc({ source: "asked" });
    for (let tries = 1; ; tries++) {
      const answer = await askOne({ roomId: place.roomId, accountId: place.accountId });
      if (answer.version >= place.version) return accept(place, answer);
      if (tries === triesMax) throw new Refusal("UNAVAILABLE", "chat-history lags behind its own events");
    }
  }

  function accept(place: Place, { read, write, version, mutedMs }: AccessAnswer) {
    place.version = version;
    place.rights = {
      read,
      write: write || mutedMs !== undefined,
      writeAtMs: mutedMs === undefined ? 0 : now() + mutedMs,
      lackingUntilMs: now() + lackingMs,
    };
    const room = rooms.get(place.roomId);
    if (room) room.version = Math.min(room.version, version);
    if (!read) end(place);
  }

  /** It is asked once at a time, whoever wants to know. */
  function know(place: Place): Promise<void> {
    place.asking ??= ask(place).finally(() => (place.asking = undefined));
    return place.asking;
  }

  function end(place: Place) {
    for (const onEnded of place.watchers) onEnded();
    place.watchers.clear();
    touch(place);
  }

  function judge({ rights }: Place, right: Right, context: RefusalContext) {
    if (!rights?.[right]) throw new Refusal("FORBIDDEN", `may not ${right}`, context);
    const waitMs = right === "write" ? rights.writeAtMs - now() : 0;
    if (waitMs > 0) throw new Refusal("FORBIDDEN", "muted", { ...context, retryAfterMs: Math.ceil(waitMs) });
  }

  /** What is had stays so until something else is heard. */
  function isKnown({ rights }: Place, right: Right) {
    return rights !== undefined && (rights[right] || now() < rights.lackingUntilMs);
  }

  async function requireUnknown(place: Place, right: Right, context: RefusalContext) {
    do await know(place);
    while (!place.rights);
    judge(place, right, context);
  }

  function hearOf(place: Place, { version, change }: ChatAccessPubSub) {
    if (version <= place.version) return;
    place.version = version;
    place.rights = undefined;
    if (endingChanges.has(change)) end(place);
    else askIfWatched(place);
  }

  /** Whoever asks next learns of a failure; the next check asks again. */
  function askIfWatched(place: Place) {
    if (!place.rights && place.watchers.size > 0) know(place).catch(() => undefined);
  }

  function hear(event: ChatAccessPubSub) {
    const { roomId, accountId } = event;
    const places = roomId === undefined ? undefined : rooms.get(roomId)?.byAccount;
    if (!places) return;
    const concerned = accountId === undefined ? places.values() : [places.get(accountId)];
    for (const place of concerned) if (place) hearOf(place, event);
  }

  async function checkRooms(asked: { roomId: string; after: number }[]): Promise<void> {
    const answer = await history.accessChanges(asked);
    for (const change of answer.changes) hear(change);
    for (const [n, { roomId, version }] of answer.rooms.entries()) {
      const room = rooms.get(roomId);
      // Unless an answer that is older came meanwhile.
      if (room?.version !== asked[n]?.after) continue;
      if (version < room!.version) startOver(room!);
      else room!.version = version;
    }
    const isFull = answer.changes.length >= accessChangesMax;
    if (isFull) await checkRooms(answer.rooms.map(({ roomId, version }) => ({ roomId, after: version })));
  }

  /** Its counter went back: the database was restored, and its versions will be given again. */
  function startOver(room: RoomPlaces) {
    room.version = Infinity;
    for (const place of room.byAccount.values()) Object.assign(place, { version: 0, rights: undefined });
  }

  /** Of places that could not be asked for when it was heard that they had changed. */
  function askAgain() {
    for (const { byAccount } of rooms.values()) for (const place of byAccount.values()) askIfWatched(place);
  }

  return {
    require(right, asked, context = { roomId: asked.roomId }) {
      const place = placeOf(asked);
      touch(place);
      if (!isKnown(place, right)) return requireUnknown(place, right, context);
      metrics.accessChecked.inc({ source: "known" });
      return judge(place, right, context);
    },
    watch(asked, onEnded) {
      const place = placeOf(asked);
      const watcher = () => onEnded(); // Its own, although others may be given the same function.
      place.watchers.add(watcher);
      touch(place);
      askIfWatched(place);
      return () => {
        place.watchers.delete(watcher);
        if (rooms.get(asked.roomId)?.byAccount.get(asked.accountId) === place) touch(place);
      };
    },
    hear,
    async check() {
      const asked = [...rooms]
        .filter(([, { version }]) => version < Infinity)
        .map(([roomId, { version }]) => ({ roomId, after: version }));
      for (let from = 0; from < asked.length; from += askedMax) await checkRooms(asked.slice(from, from + askedMax));
      askAgain();
    },
    get size() {
      return idle.size;
    },
  };
}

// One transaction of the recorder (guarantee §2.2): locks the rooms, numbers and stores what is new. Mostly all is new, and
// numbered here; what may be stored already is left to a statement that looks. It knows nothing of the right to write.
import { isDirectRoomId, type ChatMessagePubSub, type StoredMessage } from "@parley/contracts";
import type { Client } from "pg";
import { parseMessage, type MessageRow } from "./message-row.ts";
import {
  createRooms,
  findRooms,
  insertMessages,
  lockRooms,
  moveRooms,
  nameSenders,
  storeMessages,
} from "./record-sql.ts";

/** What became of an entry: the message that holds its tempId, and whether it has the entry's content. */
export interface Stored {
  message: StoredMessage;
  same: boolean;
}

/** The entry's room is not there, or was deleted: it is not stored. */
export const roomless = Symbol("roomless");

/** What became of an entry; undefined: somebody else has locked its room, and it is untouched. */
export type Recorded = Stored | typeof roomless | undefined;

/** What a connection need not ask or say again. */
export interface Memory {
  /** Rooms that are known to be there. */
  rooms: Set<string>;
  /** The names that accounts were last seen to go by, here: another writer may have seen others since. */
  names: Map<string, string>;
  namesSinceMs: number;
  /** Until then, by `performance.now()`, entries are taken to be stored already: others just were. */
  carefulUntilMs: number;
}

export function createMemory(): Memory {
  return { rooms: new Set(), names: new Map(), namesSinceMs: 0, carefulUntilMs: 0 };
}

export interface RecordOptions {
  memory: Memory;
  /** Whether a room comes into being with its first message (ROOMS_AUTO_CREATE). */
  createsRooms: boolean;
  /** Called, if given, between the insert and the COMMIT, which then do not leave together. */
  inserted: (() => void) | undefined;
  /** Called, if given, while PostgreSQL has the entries in hand. */
  meanwhile?: (() => void) | undefined;
}

/** Rooms and names that are remembered. Beyond it all are asked for or said again. */
const rememberedMax = 100_000;
/** How long names are remembered, in milliseconds. */
const namesMs = 60_000;
/** A writer before us, or a client that repeats itself, seldom leaves just one. */
const carefulMs = 1_000;

/**
 * Answers in the entries' order. Rejects if the outcome is not a certain commit; the transaction may still be open then.
 */
export async function record(
  client: Client,
  entries: ChatMessagePubSub[],
  options: RecordOptions,
): Promise<Recorded[]> {
  const { memory } = options;
  if (performance.now() >= memory.carefulUntilMs && areDistinct(entries)) {
    try {
      return await recordWith(insertNew, client, entries, options);
    } catch (error) {
      if (!isKnown(error)) throw error;
      await client.query("ROLLBACK");
      memory.carefulUntilMs = performance.now() + carefulMs;
    }
  }
  return recordWith(storeUnknown, client, entries, options);
}

interface Room {
  seq: number;
  changeSeq: number;
}

/** What is stored, in the order of the entries, and how to have it committed with the rest. */
type Store = (client: Client, entries: ChatMessagePubSub[], rooms: Map<string, Room>, memory: Memory) => Storing;
interface Storing {
  inserted: Promise<unknown>;
  /** To be asked once all is committed. */
  stored: () => Promise<Stored[]>;
}

async function recordWith(
  store: Store,
  client: Client,
  entries: ChatMessagePubSub[],
  { memory, createsRooms, inserted, meanwhile }: RecordOptions,
): Promise<Recorded[]> {
  const wanted = [...new Set(entries.map((entry) => entry.roomId))];
  const unknown = createsRooms ? wanted.filter((room) => !memory.rooms.has(room) && !isDirectRoomId(room)) : [];
  const [, , locked] = await Promise.all([
    client.query("BEGIN"),
    unknown.length === 0 ? undefined : client.query(createRooms, [unknown]),
    client.query<RoomRow>({ name: "lock-rooms", text: lockRooms, values: [wanted] }),
  ]);
  const gone = new Set(locked.rows.flatMap((row) => (row.is_deleted ? [row.id] : [])));
  const rooms = new Map(
    locked.rows
      .filter((row) => !row.is_deleted)
      .map((row) => [row.id, { seq: Number(row.last_seq), changeSeq: Number(row.last_change_seq) }]),
  );
  if (locked.rows.length < wanted.length)
    for (const room of await findMissing(client, wanted, locked.rows)) gone.add(room);
  const untouched = ({ roomId }: ChatMessagePubSub) => (gone.has(roomId) ? roomless : undefined);
  const free = entries.filter((entry) => rooms.has(entry.roomId));
  if (free.length === 0) {
    meanwhile?.();
    await client.query("COMMIT"); // Of nothing.
    return entries.map(untouched);
  }
  const storing = store(client, free, rooms, memory);
  if (inserted) await storing.inserted.then(inserted);
  const ending = Promise.all([client.query("COMMIT"), storing.inserted]);
  meanwhile?.();
  const [commit] = await ending;
  // A failed transaction's COMMIT succeeds, with another tag.
  if (commit.command !== "COMMIT") throw new Error(`the transaction ended in ${commit.command}`);
  remember(memory, free, wanted, rooms);
  const stored = (await storing.stored()).values();
  return entries.map((entry) => (rooms.has(entry.roomId) ? stored.next().value : untouched(entry)));
}

interface RoomRow {
  id: string;
  last_seq: string;
  last_change_seq: string;
  is_deleted: boolean;
}

/** Of the rooms that were not locked, those that are not there. */
async function findMissing(client: Client, wanted: string[], locked: RoomRow[]): Promise<string[]> {
  const ours = new Set(locked.map((row) => row.id));
  const others = wanted.filter((room) => !ours.has(room));
  const { rows } = await client.query<{ id: string }>({ name: "find-rooms", text: findRooms, values: [others] });
  const there = new Set(rows.map((row) => row.id));
  return others.filter((room) => !there.has(room));
}

function insertNew(client: Client, entries: ChatMessagePubSub[], rooms: Map<string, Room>, memory: Memory): Storing {
  const given = new Map<string, number>();
  const places = entries.map(({ roomId }) => {
    const place = (given.get(roomId) ?? 0) + 1;
    given.set(roomId, place);
    const room = rooms.get(roomId)!;
    return { seq: room.seq + place, changeSeq: room.changeSeq + place };
  });
  const insert = client.query<{ ids: string; seqs: string; created_at: Date }>({
    name: "insert-messages",
    text: insertMessages,
    values: [
      entries.map((entry) => entry.roomId),
      places.map((place) => place.seq),
      places.map((place) => place.changeSeq),
      entries.map((entry) => entry.tempId),
      entries.map((entry) => entry.sender),
      entries.map((entry) => entry.content),
    ],
  });
  const move = client.query({ name: "move-rooms", text: moveRooms, values: [[...given.keys()], [...given.values()]] });
  const names = new Map(entries.map(({ sender, senderName }) => [sender, senderName]));
  const unsaid = [...names].filter(([sender, name]) => memory.names.get(sender) !== name);
  const naming =
    unsaid.length === 0
      ? undefined
      : client.query({
          name: "name-senders",
          text: nameSenders,
          values: [unsaid.map(([sender]) => sender), unsaid.map(([, name]) => name)],
        });
  return {
    inserted: Promise.all([insert, move, naming]),
    async stored() {
      const row = (await insert).rows[0]!;
      const ids = row.ids.split(",");
      if (row.seqs !== places.map((place) => place.seq).join(",")) throw new Error("not inserted in order");
      const createdAt = row.created_at.toISOString();
      return entries.map(({ roomId, tempId, sender, senderName, content }, n) => {
        const { seq, changeSeq } = places[n]!;
        const id = ids[n]!;
        const message: StoredMessage = {
          id,
          tempId,
          roomId,
          sender,
          senderName,
          content,
          seq,
          changeSeq,
          createdAt,
          editedAt: null,
          deleted: false,
        };
        return { message, same: true };
      });
    },
  };
}

function storeUnknown(client: Client, entries: ChatMessagePubSub[]): Storing {
  const store = client.query<MessageRow & { same: boolean }>({
    name: "store-messages",
    text: storeMessages,
    values: [JSON.stringify(entries)],
  });
  return {
    inserted: store,
    stored: async () => (await store).rows.map((row) => ({ message: parseMessage(row), same: row.same })),
  };
}

function remember(memory: Memory, stored: ChatMessagePubSub[], wanted: string[], rooms: Map<string, Room>) {
  if (memory.rooms.size > rememberedMax) memory.rooms.clear();
  if (memory.names.size > rememberedMax || performance.now() - memory.namesSinceMs > namesMs) {
    memory.names.clear();
    memory.namesSinceMs = performance.now();
  }
  for (const room of wanted)
    if (rooms.has(room)) memory.rooms.add(room);
    else memory.rooms.delete(room);
  for (const { sender, senderName } of stored) memory.names.set(sender, senderName);
}

function areDistinct(entries: ChatMessagePubSub[]): boolean {
  const keys = new Set(entries.map(({ roomId, sender, tempId }) => `${roomId}\n${sender}\n${tempId}`));
  return keys.size === entries.length;
}

/** A violation of the index by which a retry is recognised. */
function isKnown(error: unknown): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === "message_temp_id";
}

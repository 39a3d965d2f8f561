// The rooms at the side: what this browser has joined together with what the server lists, and how one comes into a room
// and out of it. It knows no screens.
import { ChatError, type Chat } from "@parley/client";
import type { Room, RoomCreate } from "@parley/contracts";
import { useCallback, useEffect, useState } from "preact/hooks";
import { firstRoomId, joinRoom, listRooms, loadRooms, readRoom, saveRooms, type JoinedRoom } from "./joined-rooms.ts";
import { useObservable } from "./observe.ts";
import { readPages } from "./pages.ts";

/** Invitations show when the page is looked at again, and so often while it is. */
const askAgainMs = 30_000;

/** Of so many names and kinds are known; as many as a server lets an account be in unless it is told otherwise. */
const listedRoomsMax = 1_000;

export interface MyRooms {
  readonly rooms: readonly JoinedRoom[];
  /** What the server says of a room that the account is a member of. */
  factsOf(id: string): Room | undefined;
  /** It is taken up just now: that it cannot be read yet says nothing. */
  isJoining(id: string): boolean;
  /** Takes the room up, and joins it unless it was taken up before. */
  enter(id: string): void;
  /** @throws ChatError */
  join(id: string): Promise<void>;
  /** @throws ChatError CONFLICT for an owner while others are in */
  leave(id: string): Promise<void>;
  /** @throws ChatError */
  create(room: RoomCreate): Promise<string>;
  /** @throws ChatError */
  rename(id: string, name: string): Promise<void>;
  /** For all who are in. @throws ChatError */
  delete(id: string): Promise<void>;
  /** The room of the two. @throws ChatError */
  talkTo(accountId: string): Promise<string>;
  read(id: string, seq: number): void;
}

export function useMyRooms(chat: Chat, accountId: string): MyRooms {
  const [saved] = useState(() => loadRooms(accountId));
  const [rooms, setRooms] = useState<readonly JoinedRoom[]>(saved ?? []);
  const [facts, setFacts] = useState<ReadonlyMap<string, Room>>();
  const [joining, setJoining] = useState<readonly string[]>([]);
  const isConnected = useObservable(chat.connection).status === "connected";

  const refresh = useCallback(async () => {
    const listed = await readPages(async (from) => {
      const page = await chat.rooms.list(from);
      return { items: page.rooms, nextCursor: page.nextCursor };
    }, listedRoomsMax);
    setFacts(new Map(listed.map((room) => [room.id, room])));
    setRooms((known) => listRooms(known, listed));
  }, [chat]);
  useEffect(() => {
    if (saved !== undefined || rooms.length > 0) saveRooms(accountId, rooms);
  }, [accountId, rooms]);
  useEffect(() => (isConnected ? lookAgain(refresh) : undefined), [isConnected, refresh]);
  useEffect(() => {
    // Where there is no such room, there is none to begin with.
    if (saved === undefined && facts?.size === 0 && rooms.length === 0) join(firstRoomId).catch(() => {});
  }, [facts]);

  const take = ({ id, name }: Pick<Room, "id" | "name">) => {
    setRooms((known) => listRooms(joinRoom(known, id), [{ id, name }]));
    refresh().catch(() => {}); // Asked again soon.
    return id;
  };

  async function drop(id: string) {
    setRooms((known) => known.filter((room) => room.id !== id));
    await refresh().catch(() => {});
  }

  async function join(id: string) {
    await chat.rooms.join(id);
    refresh().catch(() => {}); // Asked again soon.
  }

  function enter(id: string) {
    if (rooms.some((room) => room.id === id)) return;
    setRooms((known) => joinRoom(known, id));
    setJoining((others) => [...others, id]);
    join(id)
      .catch(() => {}) // The room itself says that it may not be read.
      .finally(() => setJoining((others) => others.toSpliced(others.indexOf(id), 1)));
  }

  return {
    rooms,
    factsOf: (id) => facts?.get(id),
    isJoining: (id) => joining.includes(id),
    enter,
    join,
    async leave(id) {
      await chat.rooms.leave(id).catch((error: unknown) => {
        // One is out of it already, or it was never there.
        if (!(error instanceof ChatError) || (error.code !== "FORBIDDEN" && error.code !== "NOT_FOUND")) throw error;
      });
      await drop(id);
    },
    create: async (room) => take(await chat.rooms.create(room)),
    rename: async (id, name) => void take(await chat.rooms.rename(id, name)),
    async delete(id) {
      await chat.rooms.delete(id);
      await drop(id);
    },
    talkTo: async (who) => take(await chat.rooms.direct(who)),
    read: (id, seq) => setRooms((known) => readRoom(known, id, seq)),
  };
}

/** Now, whenever the page comes to light, and now and then while it is looked at. */
function lookAgain(look: () => Promise<void>): () => void {
  const lookIfSeen = () => {
    if (document.visibilityState === "visible") look().catch(() => {}); // Asked again soon.
  };
  lookIfSeen();
  const timer = setInterval(lookIfSeen, askAgainMs);
  document.addEventListener("visibilitychange", lookIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", lookIfSeen);
  };
}

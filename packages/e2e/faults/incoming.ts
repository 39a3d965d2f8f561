// What one client is given in its rooms: recorded, and how far each room has come, from which it resumes.
import { formatTopic } from "@parley/contracts";
import { formatFrame } from "./frames.ts";
import type { Given, Life } from "./recording.ts";

interface RoomState {
  roomId: string;
  /** All up to here was confirmed to us. */
  confirmed: number | undefined;
  life: Life | undefined;
  /** We were told that we may not read it. */
  isShut: boolean;
}

interface Link {
  connection: number;
  write: (frame: string) => void;
}

export class Incoming {
  readonly #rooms: RoomState[];
  readonly #client: number;
  readonly #lives: Life[];
  readonly #resumes: boolean;
  #link: Link | undefined;

  /** @param first the `after` of the first SUBSCRIBEs; without one they only go live */
  constructor(
    client: number,
    roomIds: string[],
    lives: Life[],
    { first, resumes }: { first?: number; resumes: boolean },
  ) {
    this.#client = client;
    this.#lives = lives;
    this.#resumes = resumes;
    this.#rooms = roomIds.map((roomId) => ({ roomId, confirmed: first, life: undefined, isShut: false }));
  }

  /** Whether every room's subscription stands, of those that we may read. */
  get stands(): boolean {
    return this.#rooms.every(({ life, isShut }) => isShut || life?.standsMs !== undefined);
  }

  isShutOut(roomId: string): boolean {
    return this.#rooms.some((room) => room.roomId === roomId && room.isShut);
  }

  /** How far each room has come, to this client. */
  *confirmed(): Iterable<[roomId: string, seq: number]> {
    for (const { roomId, confirmed } of this.#rooms) yield [roomId, confirmed ?? 0];
  }

  connected(connection: number, write: (frame: string) => void): void {
    this.#link = { connection, write };
    for (const [index, room] of this.#rooms.entries()) if (!room.isShut) this.#subscribe(this.#link, index, room);
  }

  #subscribe({ connection, write }: Link, index: number, room: RoomState): void {
    const { roomId, confirmed } = room;
    const after = this.#resumes ? confirmed : undefined;
    room.life = { client: this.#client, connection, roomId, sentMs: performance.now(), given: [], isOpen: true };
    if (after !== undefined) room.life.after = after;
    this.#lives.push(room.life);
    const headers = { id: `r${index}`, destination: formatTopic(roomId), receipt: `s${index}` };
    write(formatFrame("SUBSCRIBE", after === undefined ? headers : { ...headers, after }));
  }

  /** Its subscription is silent from now on; what is given all the same goes on being recorded. */
  shutOut(index: number): void {
    const room = this.#rooms[index];
    if (!room) return;
    room.isShut = true;
    if (room.life) room.life.isOpen = false;
  }

  /** We may read the room again. */
  letIn(roomId: string): void {
    for (const [index, room] of this.#rooms.entries()) {
      if (room.roomId !== roomId || !room.isShut) continue;
      room.isShut = false;
      if (!this.#link) continue;
      // The one that ended is kept by the server until it is left; one that never stood is not there.
      if (room.life?.standsMs !== undefined) this.#link.write(formatFrame("UNSUBSCRIBE", { id: `r${index}` }));
      this.#subscribe(this.#link, index, room);
    }
  }

  disconnected(): void {
    this.#link = undefined;
    for (const room of this.#rooms) {
      if (room.life) room.life.isOpen = false;
      room.life = undefined;
    }
  }

  /** @param index what follows the letter of the receipt's or subscription's id */
  stood(index: number): void {
    const life = this.#rooms[index]?.life;
    if (life) life.standsMs = performance.now();
  }

  /** Answers with what was confirmed now. */
  message(index: number, body: string): { roomId: string; id: string; sender: string } | undefined {
    const room = this.#rooms[index];
    if (!room?.life) return undefined;
    const given = parseGiven(body);
    room.life.given.push(given);
    if (!("seq" in given)) return undefined;
    if (given.seq > (room.confirmed ?? 0)) room.confirmed = given.seq;
    return given.kind === "resync" ? undefined : { roomId: room.roomId, id: given.id, sender: given.sender };
  }

  resync(index: number, seq: number): void {
    const room = this.#rooms[index];
    if (!room) return;
    room.confirmed = seq;
    room.life?.given.push({ kind: "resync", atMs: performance.now(), seq });
  }
}

function parseGiven(body: string): Given {
  const atMs = performance.now();
  const { tempId, sender, id, seq, changeSeq, content, deleted, editedAt } = JSON.parse(body);
  if (seq === null)
    return deleted ? { kind: "withdrawal", atMs, tempId, sender } : { kind: "preview", atMs, tempId, sender, content };
  if (content === undefined) return { kind: "short", atMs, tempId, sender, id, seq, changeSeq };
  return { kind: "whole", atMs, tempId, sender, id, seq, changeSeq, content, deleted, edited: editedAt !== null };
}

import {
  Refusal,
  type ChangesAnswer,
  type ChatTimestampReceive,
  type RoomChange,
  type StoredMessage,
} from "@parley/contracts";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { History } from "../src/history.ts";
import { replay } from "../src/replay.ts";
import { Room } from "../src/room.ts";
import { createAudience, readers } from "./audience.ts";

type Body = Partial<StoredMessage> & Pick<ChatTimestampReceive, "tempId">;

/** What PostgreSQL would hold of one room: each message in its latest state. */
class Stored {
  readonly messages: RoomChange[] = [];
  changeSeq = 0;

  get position() {
    return { seq: this.messages.length, changeSeq: this.changeSeq };
  }

  create(): StoredMessage {
    const seq = this.messages.length + 1;
    return this.#put({ seq, content: `${seq}`, editedAt: null });
  }

  edit(seq: number): StoredMessage | undefined {
    const message = this.messages[seq - 1];
    return message && this.#put({ seq, content: `${message.content}'`, editedAt: time });
  }

  #put({ seq, content, editedAt }: { seq: number; content: string; editedAt: string | null }): StoredMessage {
    const made = { id: `id-${seq}`, tempId: `t-${seq}`, roomId: "r", sender: "s", senderName: "S", content, seq };
    const message = { ...made, changeSeq: ++this.changeSeq, createdAt: time, editedAt, deleted: false };
    this.messages[seq - 1] = { ...message, contentHash: "" };
    return message;
  }
}

const time = "2026-01-01T00:00:00.000Z";
const pageMessages = 3;

/** A room over what is stored, healed as soon as it is behind, and a listener that remembers. */
function open(stored: Stored, answer: <T>(value: T) => Promise<T>) {
  const seen: Body[] = [];
  const resynced: string[] = [];
  const history: History = {
    positions: async () => [],
    changes: (_roomId, after) => {
      const changes = stored.messages.filter(({ changeSeq }) => changeSeq > after);
      changes.sort((one, other) => one.changeSeq - other.changeSeq);
      return answer<ChangesAnswer>({ changes, position: stored.position });
    },
    messages: (_roomId, after) => {
      const beyond = stored.messages.slice(after, after + pageMessages + 1).map(({ contentHash: _, ...rest }) => rest);
      const hasMore = beyond.length > pageMessages;
      return answer({ messages: beyond.slice(0, pageMessages), hasMore, position: stored.position });
    },
  };
  const room: Room<string> = new Room<string>("r", {
    openAudience: () => createAudience((listener, body) => void (listener === "a" && seen.push(body as Body))),
    behind: () => void heal(),
    resync: (listeners) => void resynced.push(...listeners),
    now: () => 0,
  });
  async function heal() {
    const fetched = await history.changes("r", room.position!.changeSeq);
    for (const _ of room.heal(fetched));
  }
  const options = { ...readers, room, history, listener: "a" };
  const resume = (after: number, replayMessagesMax = 1_000) => replay({ ...options, replayMessagesMax, after });
  return { room, history, seen, resume, options };
}

const atOnce = async <T>(value: T) => value;

describe("a replay", () => {
  test("gives what the room holds beyond a seq, then what is live, previews that await their confirmation first", async () => {
    const stored = new Stored();
    for (let n = 0; n < 8; n++) stored.create();
    const { room, seen, resume } = open(stored, atOnce);
    room.open(stored.position);
    room.preview({ roomId: "r", tempId: "t-9", sender: "s", senderName: "S", content: "9", via: "v" });
    expect(await resume(2)).toBeUndefined();
    expect(seen.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7, 8, null]);
    const { senderName: _, content: __, deleted: ___, ...short } = stored.create();
    room.confirm({ ...short, via: "v" });
    expect(seen.at(-1)).toEqual(short);
  });

  test("gives nothing twice when the bus is behind the history: no preview and no confirmation of what was replayed", async () => {
    const stored = new Stored();
    const { room, seen, resume } = open(stored, atOnce);
    const previewOf = (n: number) => ({ tempId: `t-${n}`, content: `${n}` });
    const preview = (n: number) =>
      room.preview({ roomId: "r", sender: "s", senderName: "S", via: "v", ...previewOf(n) });
    const confirm = ({ senderName: _, content: __, deleted: ___, ...short }: StoredMessage) =>
      room.confirm({ ...short, via: "v" });
    const [first, second, third] = [stored.create(), stored.create(), stored.create()];
    preview(1);
    confirm(first); // Before the position is known.
    preview(2);
    room.open(stored.position);
    await resume(0);
    preview(3);
    confirm(second);
    confirm(third);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test.each([
    ["beyond what the room holds", 9, 1_000],
    ["further behind than may be replayed", 2, 5],
  ])("tells the position from which it is live if `after` is %s", async (_what, after, max) => {
    const stored = new Stored();
    for (let n = 0; n < 8; n++) stored.create();
    const { room, seen, resume } = open(stored, atOnce);
    room.open(stored.position);
    expect(await resume(after, max)).toEqual({ seq: 8, changeSeq: 8 });
    expect(seen).toEqual([]);
    room.change(stored.create());
    expect(seen.map(({ seq }) => seq)).toEqual([9]);
  });

  test("tells RESYNC in the middle of healing only once the position is that of what was delivered", async () => {
    const stored = new Stored();
    const { room, seen, resume } = open(stored, atOnce);
    room.open(stored.position);
    for (let n = 0; n < 6; n++) stored.create();
    const changes = stored.messages.map((one) => ({ ...one, content: "x".repeat(60_000) }));
    const healing = room.heal({ changes, position: stored.position });
    healing.next();
    const resumed = resume(9);
    for (const _ of healing) await Promise.resolve();
    expect(await resumed).toEqual({ seq: 6, changeSeq: 6 });
    expect(seen).toEqual([]);
  });

  test("that the listener does not survive leaves nothing behind", async () => {
    const stored = new Stored();
    stored.create();
    const { room, options } = open(stored, atOnce);
    room.open(stored.position);
    room.preview({ roomId: "r", tempId: "t-2", sender: "s", senderName: "S", content: "2", via: "v" });
    // Gone by what it is given at the seam.
    let asked = 0;
    await replay({ ...options, after: 1, isGone: () => ++asked > 1 });
    expect(room.isEmpty).toBe(true);
  });

  test("asks for nothing if the listener has all that was delivered", async () => {
    const stored = new Stored();
    stored.create();
    const { room, options } = open(stored, atOnce);
    room.open(stored.position);
    await replay({ ...options, history: readers.history, after: 1 });
    expect(room.isEmpty).toBe(false);
  });

  test("asks again while chat-history is away, and gives up in the end", async () => {
    vi.useFakeTimers();
    const stored = new Stored();
    for (let n = 0; n < 3; n++) stored.create();
    const { room, options, history } = open(stored, atOnce);
    room.open(stored.position);
    let isAway = true;
    const messages: History["messages"] = async (...args) => {
      if (isAway) throw new Refusal("UNAVAILABLE", "away");
      return history.messages(...args);
    };
    const outcome = replay({ ...options, history: { ...history, messages }, after: 0 }).catch(
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await outcome).toMatchObject({ code: "UNAVAILABLE" });
    const resumed = replay({ ...options, history: { ...history, messages }, after: 0 });
    await vi.advanceTimersByTimeAsync(2_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await resumed;
    expect(room.isEmpty).toBe(false);
    vi.useRealTimers();
  });

  test("reads on when more is confirmed meanwhile than can be held", async () => {
    const stored = new Stored();
    for (let n = 0; n < 5; n++) stored.create();
    let isFirst = true;
    const { room, seen, resume } = open(stored, async (value) => {
      if (isFirst) {
        isFirst = false;
        for (let n = 0; n < 1_500; n++) room.change(stored.create());
        room.change(stored.edit(1)!);
      }
      return value;
    });
    room.open(stored.position);
    await resume(0, 10_000);
    const creations = seen.filter(({ editedAt }) => editedAt === null).map(({ seq }) => seq);
    expect(creations).toEqual(Array.from({ length: 1_505 }, (_, n) => n + 1));
    expect(seen.at(-1)).toMatchObject({ seq: 1, content: "1'" });
  });

  test("has no gap and no repetition at the seam, whatever happens meanwhile (G-8)", async () => {
    const steps = fc.array(
      fc.record({ kind: fc.constantFrom("create", "edit"), n: fc.nat(20), isLost: fc.boolean() }),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(10), fc.nat(10), steps, fc.scheduler(), async (before, after, run, scheduler) => {
        const stored = new Stored();
        for (let n = 0; n < before; n++) stored.create();
        const { room, seen, resume } = open(stored, (value) => scheduler.schedule(Promise.resolve(value)));
        room.open(stored.position);
        const start = Math.min(after, before);
        const resumed = resume(start);
        const happening = scheduler.scheduleSequence(
          run.map(({ kind, n, isLost }) => async () => {
            const event = kind === "create" ? stored.create() : stored.edit((n % (stored.messages.length || 1)) + 1);
            if (event && !isLost) room.change(event);
          }),
        );
        await scheduler.waitFor(happening.task);
        room.report(stored.changeSeq, 0);
        await scheduler.waitFor(resumed);
        await scheduler.waitAll();
        const latest = new Map<number, number>();
        let last = start;
        for (const { seq, changeSeq } of seen) {
          if (seq! > last) expect(seq).toBe(++last);
          expect(changeSeq).toBeGreaterThan(latest.get(seq!) ?? 0);
          latest.set(seq!, changeSeq!);
        }
        expect(last).toBe(stored.messages.length);
        for (const { seq, changeSeq } of stored.messages) {
          if (seq > start) expect(latest.get(seq)).toBe(changeSeq);
        }
      }),
      { numRuns: 300 },
    );
  });
});

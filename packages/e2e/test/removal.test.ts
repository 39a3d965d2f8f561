// Who is sent away from a room hears nothing of it a second later, on whichever instance they are (I-9).
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../fuzz/streams.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openListener, type RoomListener } from "../src/room-listener.ts";
import { roomCalls, type RoomCalls } from "../src/rooms.ts";
import { startTalk, type Talk } from "../src/talk.ts";

/** Between two messages of a room. */
const sayMs = 50;
/** What the issue asks for, and how long it is looked for more. */
const silentMs = 1_000;
const lookedForMs = 1_500;

let cluster: Cluster;
beforeAll(async () => {
  const unhurried = { CHANGES_PER_SECOND_MAX: "1000", CHANGES_BURST_MAX: "1000" };
  cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 2, historyEnv: unhurried });
});
afterAll(() => cluster.close());

interface Place {
  roomId: string;
  /** Of the owner, over the instance that the others' gateway does not ask. */
  calls: RoomCalls;
  talk: Talk;
  guests: { person: Person; listener: RoomListener }[];
}

/** A private room in which its owner talks, on one instance, to guests on the other. */
async function openPlace(n: number, guests: number): Promise<Place> {
  const { auth, gateways, histories } = cluster;
  const roomId = randomUUID();
  const owner = await signUp(auth.url, "Owner");
  const calls = roomCalls(histories[n % 2]!.url, owner);
  await calls.make(roomId, "private");
  const talk = await startTalk(await openListener(gateways[n % 2]!.url, owner), roomId, sayMs);
  const come = async () => {
    const person = await signUp(auth.url, "Guest");
    await calls.put(roomId, person.accountId);
    return { person, listener: await openListener(gateways[(n + 1) % 2]!.url, person) };
  };
  return { roomId, calls, talk, guests: await Promise.all(Array.from({ length: guests }, come)) };
}

/** When each MESSAGE of a subscription that came too late did, after access was lost. */
const lateMs = (listener: RoomListener, id: string, lostMs: number) =>
  listener
    .given(id)
    .map(({ atMs }) => atMs - lostMs)
    .filter((afterMs) => afterMs > silentMs);

test("a member who is removed while connected to another instance is given nothing 1 s later, 100 of 100 times", async () => {
  const [rooms, rounds] = [10, 10];
  let removals = 0;
  const late: number[] = [];
  async function removeAgainAndAgain(n: number) {
    const { roomId, calls, talk, guests } = await openPlace(n, 1);
    const { person, listener } = guests[0]!;
    for (let round = 1; round <= rounds; round++) {
      const id = listener.subscribe(roomId);
      expect(await listener.stands(id)).toBe(true);
      await listener.client.frames.until(() => listener.given(id).length > 0);
      const lostMs = await calls.sendAway(roomId, person.accountId);
      const told = await listener.ended(id);
      expect(told.atMs - lostMs).toBeLessThan(silentMs);
      await talk.untilSaidAfter(lostMs + lookedForMs);
      late.push(...lateMs(listener, id, lostMs));
      removals++;
      listener.unsubscribe(id);
      await calls.put(roomId, person.accountId);
    }
    talk.stop();
  }
  await Promise.all(Array.from({ length: rooms }, (_, n) => removeAgainAndAgain(n)));
  expect(removals).toBe(100);
  expect(late).toEqual([]);
});

test("a SUBSCRIBE that is under way while its account is removed gives nothing 1 s later, 200 of 200 times", async () => {
  const [rooms, guestsEach, rounds] = [5, 4, 10];
  const random = createRandom(8);
  let interleavings = 0;
  const late: number[] = [];
  const seen = { stood: 0, refused: 0, cameBack: 0 };

  async function race({ roomId, calls, talk }: Place, { person, listener }: Place["guests"][number]) {
    // A removal takes longer than a SUBSCRIBE.
    const [subscribeMs, removeMs] = [random() * 40, random() * 10];
    const subscribe = async () => {
      await sleep(subscribeMs);
      return listener.subscribe(roomId, random() < 0.5 ? 0 : undefined);
    };
    const remove = async () => {
      await sleep(removeMs);
      return calls.sendAway(roomId, person.accountId);
    };
    const [id, lostMs] = await Promise.all([subscribe(), remove()]);
    const comesBack = random() < 0.25;
    if (comesBack) {
      await sleep(random() * 30);
      await calls.put(roomId, person.accountId);
      seen.cameBack++;
    }
    seen[(await listener.stands(id)) ? "stood" : "refused"]++;
    if (!comesBack) await listener.ended(id);
    await talk.untilSaidAfter(lostMs + lookedForMs);
    // Whoever came back in time may have been let in again by the same SUBSCRIBE.
    if (listener.hasEnded(id)) late.push(...lateMs(listener, id, comesBack ? (await listener.ended(id)).atMs : lostMs));
    const next = listener.subscribe(roomId, 0);
    expect(await listener.stands(next)).toBe(comesBack);
    for (const open of [id, next]) if (await listener.stands(open)) listener.unsubscribe(open);
    if (!comesBack) await calls.put(roomId, person.accountId);
    interleavings++;
  }

  const places = await Promise.all(Array.from({ length: rooms }, (_, n) => openPlace(n, guestsEach)));
  await Promise.all(
    places.flatMap((place) =>
      place.guests.map(async (guest) => {
        for (let round = 1; round <= rounds; round++) await race(place, guest);
      }),
    ),
  );
  for (const { talk } of places) talk.stop();
  expect(interleavings).toBe(200);
  // All three happened.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
  expect(late).toEqual([]);
});

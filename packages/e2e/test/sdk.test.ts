// The SDK against the one-command start: what its lists promise, whatever happens to the server.
import { randomUUID } from "node:crypto";
import {
  ChatError,
  createChat,
  createMemoryOutbox,
  type Outbox,
  type RoomState,
  type TraceEvent,
} from "@parley/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { startLocalServer, type LocalServer } from "../src/local-server.ts";
import { openChat, storedTexts, until } from "../src/sdk.ts";

let server: LocalServer;
let alice: Person;
let bob: Person;
let roomId: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  server = await startLocalServer();
  [alice, bob] = await Promise.all([signUp(`${server.url}/auth`, "Alice"), signUp(`${server.url}/auth`, "Bob")]);
  roomId = randomUUID();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((chat) => chat.close()));
  await server.close();
});

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);

function chatOf(person: Person, outbox?: Outbox) {
  const chat = openChat(server.url, person, outbox);
  open.push(chat);
  return chat;
}

test("two people see the same messages, each once, in the room's order", async () => {
  const rooms = [chatOf(alice), chatOf(bob)].map((chat) => chat.room(roomId));
  for (let n = 0; n < 20; n++) for (const [who, room] of rooms.entries()) room.send(`${who}: ${n}`);
  const seen = await Promise.all(
    rooms.map(({ state }) => until(state, (value) => storedTexts(value)?.length === 40).then(storedTexts)),
  );
  const stored = (await readHistory(server.url, roomId, bob)).map(({ content }) => content);
  expect(seen).toEqual([stored, stored]);
});

test("shows an own message at once, then its place in the room under its real id", async () => {
  const chat = chatOf(alice);
  const swaps: TraceEvent[] = [];
  chat.onTrace((event) => event.kind === "swap" && swaps.push(event));
  const room = chat.room(roomId);
  const tempId = room.send("hello");
  expect(room.state.get().messages).toMatchObject([{ id: tempId, content: "hello", state: "pending", isMine: true }]);
  const { messages } = await until(room.state, (value) => storedTexts(value)?.length === 1);
  expect(messages).toMatchObject([{ tempId, seq: 1, senderName: "Alice", key: `${alice.accountId}/${tempId}` }]);
  expect(swaps).toMatchObject([{ roomId, tempId, id: messages[0]!.id, seq: 1 }]);
});

test("what was sent around a kill -9 arrives once, in order, stored; others catch up", async () => {
  const [own, others] = [chatOf(alice).room(roomId), chatOf(bob).room(roomId)];
  for (const text of numbers(1, 10)) own.send(text);
  await until(others.state, ({ messages }) => messages.length > 0);
  await server.kill();
  for (const text of numbers(11, 20)) own.send(text);
  await server.restart();
  for (const room of [own, others]) await until(room.state, (value) => storedTexts(value)?.length === 20);
  expect(storedTexts(own.state.get())).toEqual(numbers(1, 20));
  expect(storedTexts(others.state.get())).toEqual(numbers(1, 20));
});

test("a reload loses no message that was not stored yet, even if its room is not opened again", async () => {
  const outbox = createMemoryOutbox();
  const before = chatOf(alice, outbox);
  await until(before.connection, ({ status }) => status === "connected");
  await server.kill();
  for (const text of numbers(1, 5)) before.room(roomId).send(text);
  await before.close();
  expect(await outbox.load()).toHaveLength(5);
  await server.restart();
  const others = chatOf(bob).room(roomId);
  chatOf(alice, outbox);
  await until(others.state, (value) => storedTexts(value)?.length === 5);
  expect(storedTexts(others.state.get())).toEqual(numbers(1, 5));
  await expect.poll(() => outbox.load()).toEqual([]);
});

test("a room that was away reads what it missed, and starts over when that was too much", async () => {
  const room = chatOf(alice).room(roomId);
  const writer = chatOf(bob).room(roomId);
  await until(room.state, ({ status }) => status === "live");
  await server.kill();
  await server.restart();
  for (const text of numbers(1, 300)) writer.send(text);
  const expected = numbers(1, 300).slice(-50);
  await until(room.state, (value) => storedTexts(value)?.at(-1) === "300");
  expect(storedTexts(room.state.get())?.slice(-50)).toEqual(expected);

  const late = chatOf(alice).room(roomId);
  await until(late.state, ({ status }) => status === "live");
  expect(storedTexts(late.state.get())).toEqual(expected);
  while (late.state.get().hasOlder) await late.loadOlder();
  expect(storedTexts(late.state.get())).toEqual(numbers(1, 300));
});

test("throws what no server would take, and shows nothing of it", async () => {
  const chat = chatOf(alice);
  expect(() => chat.room("..")).toThrow(ChatError);
  const room = chat.room(roomId);
  expect(() => room.send(" \n")).toThrow(expect.objectContaining({ code: "INVALID" }));
  expect(() => room.send("x".repeat(4_001))).toThrow(expect.objectContaining({ code: "TOO_LONG" }));
  expect(room.state.get().messages).toEqual([]);
});

test("a message that this server refuses for good is failed, also after a reload, until it is discarded", async () => {
  await server.kill();
  await server.restart({ CONTENT_CODE_POINTS_MAX: "10" });
  const outbox = createMemoryOutbox();
  const before = chatOf(alice, outbox);
  const tempId = before.room(roomId).send("longer than ten");
  before.room(roomId).send("short");
  const failed = { tempId, state: "failed", code: "TOO_LONG" };
  const isFailed = ({ messages }: RoomState) => messages.some(({ state }) => state === "failed");
  expect((await until(before.room(roomId).state, isFailed)).messages).toContainEqual(expect.objectContaining(failed));
  await expect.poll(() => outbox.load()).toMatchObject([{ tempId, code: "TOO_LONG" }]);
  await before.close();

  const room = chatOf(alice, outbox).room(roomId);
  await until(room.state, (value) => isFailed(value) && value.messages.length === 2);
  room.retry(tempId);
  expect(isFailed(room.state.get())).toBe(false);
  await until(room.state, isFailed);
  room.discard(tempId);
  expect(storedTexts(room.state.get())).toEqual(["short"]);
  await expect.poll(() => outbox.load()).toEqual([]);
});

test("a token that is refused is asked for again; without another one the chat is closed", async () => {
  const tokens = ["no token", "still none", alice.token];
  const getToken = vi.fn<() => Promise<string>>(
    async () => tokens.shift() ?? Promise.reject(new ChatError("UNAUTHENTICATED", "signed out")),
  );
  const chat = createChat({ url: server.url, accountId: alice.accountId, senderName: alice.name, getToken });
  open.push(chat);
  await until(chat.connection, ({ status }) => status === "connected");
  expect(getToken).toHaveBeenCalledTimes(3);
  await server.kill();
  expect(await until(chat.connection, ({ status }) => status === "closed")).toMatchObject({ code: "UNAUTHENTICATED" });
  await server.restart();
});

// Both outboxes make the same promises.
import { IDBFactory } from "fake-indexeddb";
import { expect, it } from "vitest";
import { createMemoryOutbox, createOutbox, type Outbox, type OutboxEntry } from "../src/outbox.ts";

globalThis.indexedDB = new IDBFactory();

const entry = (order: number, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  tempId: `temp-${order}`,
  roomId: "room",
  content: `text ${order}`,
  shownAt: order,
  order,
  ...more,
});

const memory = createMemoryOutbox();
const outboxes: [string, () => Outbox][] = [
  ["IndexedDB", () => createOutbox("account")],
  ["memory", () => memory],
];

it.each(outboxes)("%s: a later load has what was put, in the order of sending", async (_, open) => {
  const outbox = open();
  for (const order of [3, 1, 2]) await outbox.put(entry(order));
  await outbox.put(entry(2, { code: "FORBIDDEN" }));
  await outbox.remove("temp-3");
  expect(await open().load()).toEqual([entry(1), entry(2, { code: "FORBIDDEN" })]);
});

it("keeps the messages of each account apart", async () => {
  await createOutbox("one").put(entry(1));
  expect(await createOutbox("two").load()).toEqual([]);
});

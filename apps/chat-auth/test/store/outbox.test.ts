import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { noteChange, readAccountChanges } from "../../src/store/account-changes.ts";
import { createAccount } from "../../src/store/accounts.ts";
import { readAudit, record } from "../../src/store/audit.ts";
import { openStore, waiting } from "../fixture.ts";

test("who has read up to a position has missed nothing: a slow transaction keeps later ones behind it (P-9)", async () => {
  const { db, url } = await openStore();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let isRecorded = () => {};
  const recorded = new Promise<void>((resolve) => (isRecorded = resolve));
  const slow = db.transaction(async (tx) => {
    await record(tx, { action: "login.refused", detail: "slow" });
    isRecorded();
    await held;
  });
  await recorded;
  const quick = db.transaction((tx) => record(tx, { action: "login.refused", detail: "quick" }));
  await waiting(url, 1);
  expect(await readAudit(db, 0)).toEqual({ events: [], position: 0 });
  release();
  await Promise.all([slow, quick]);
  const { events, position } = await readAudit(db, 0);
  expect(events.map(({ seq, detail }) => [seq, detail])).toEqual([
    [1, "slow"],
    [2, "quick"],
  ]);
  expect(position).toBe(2);
});

test("what was rolled back leaves no hole", async () => {
  const { db } = await openStore();
  const fault = db.transaction(async (tx) => {
    await record(tx, { action: "login.refused" });
    throw new Error("rolled back");
  });
  await expect(fault).rejects.toThrow("rolled back");
  await db.transaction((tx) => record(tx, { action: "login.accepted" }));
  expect(await readAudit(db, 0)).toMatchObject({ events: [{ seq: 1, action: "login.accepted" }], position: 1 });
});

test("a reader that follows while 8 write is given each account once per change, in order (P-9)", async () => {
  const { db } = await openStore();
  const seen = new Map<string, number>();
  let position = 0;
  const read = async () => {
    const page = await readAccountChanges(db, position);
    for (const { seq, accountId } of page.changes) {
      expect(seq).toBeGreaterThan(position);
      position = seq;
      seen.set(accountId, seq);
    }
  };
  const over = new AbortController();
  const reader = (async () => {
    while (!over.signal.aborted) await read();
  })();
  const made = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const ids: string[] = [];
      for (let n = 0; n < 20; n++)
        await db.transaction(async (tx) => {
          const email = `${randomUUID()}@example.org`;
          const account = await createAccount(tx, { email, nickname: "Ada", passwordHash: "x" });
          ids.push(account!.id);
          await noteChange(tx, account!.id);
        });
      return ids;
    }),
  );
  over.abort();
  await reader;
  await read();
  expect([...seen.keys()].toSorted()).toEqual(made.flat().toSorted());
  expect(position).toBe(160);
});

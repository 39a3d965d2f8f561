import { randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createAccount } from "../../src/store/accounts.ts";
import type { Database } from "../../src/store/database.ts";
import { findLoginOfToken, openLogin, rotate } from "../../src/store/logins.ts";
import { endLogins } from "../../src/store/revocations.ts";
import { login } from "../../src/store/schema.ts";
import { sweep } from "../../src/store/sweep.ts";
import { lockTokens, openStore, query, waiting } from "../fixture.ts";

const lifetimeSeconds = 3600;

async function openOne() {
  const { db, url } = await openStore(4);
  const account = await createAccount(db, { email: `${randomUUID()}@a.example`, nickname: "Ada", passwordHash: "x" });
  const [first, accountId] = [randomBytes(32), account!.id];
  return { db, url, accountId, first, sid: await openLogin(db, { accountId, tokenHash: first, lifetimeSeconds }) };
}

/** Shows a token; tells what became of it, and the next one. */
async function show(db: Database, tokenHash: Buffer) {
  const nextHash = randomBytes(32);
  const rotated = await db.transaction((tx) => rotate(tx, { tokenHash, nextHash, lifetimeSeconds }));
  return { nextHash, ...rotated };
}

function end(db: Database, accountId: string, sid: string) {
  return db.transaction((tx) => endLogins(tx, accountId, eq(login.id, sid)));
}

test("each token rotates once, to the next of the same login", async () => {
  const { db, first, sid, accountId } = await openOne();
  const second = await show(db, first);
  expect(second).toMatchObject({ outcome: "rotated", sid, account: { id: accountId } });
  expect(await show(db, second.nextHash)).toMatchObject({ outcome: "rotated", sid });
});

test("of 20 at once exactly one rotates the token (B-72)", async () => {
  const { db, first } = await openOne();
  const shown = await Promise.all(Array.from({ length: 20 }, () => show(db, first)));
  expect(shown.filter(({ outcome }) => outcome === "rotated")).toHaveLength(1);
});

test("of two that find the token unused the slower is refused, and the login goes on (B-72)", async () => {
  const { db, url, first } = await openOne();
  const release = await lockTokens(url);
  const both = Promise.all([show(db, first), show(db, first)]);
  await waiting(url, 2);
  await release();
  const shown = await both;
  expect(shown.map(({ outcome }) => outcome).toSorted()).toEqual(["refused", "rotated"]);
  const winner = shown.find(({ outcome }) => outcome === "rotated")!;
  expect((await show(db, winner.nextHash)).outcome).toBe("rotated");
});

test("a logout that comes between wins: the login is not prolonged", async () => {
  const { db, url, first, sid, accountId } = await openOne();
  const release = await lockTokens(url);
  const rotation = show(db, first);
  await waiting(url, 1);
  await end(db, accountId, sid);
  await release();
  expect((await rotation).outcome).toBe("refused");
});

test("a token shown again after it was used ends the login, with all its tokens (B-72)", async () => {
  const { db, first, sid } = await openOne();
  const second = await show(db, first);
  expect(await show(db, first)).toMatchObject({ outcome: "reused", sid });
  expect((await show(db, second.nextHash)).outcome).toBe("refused");
  expect((await show(db, first)).outcome).toBe("refused");
});

test("an ended login has no good token, and is found by it", async () => {
  const { db, first, sid, accountId } = await openOne();
  await end(db, accountId, sid);
  expect((await show(db, first)).outcome).toBe("refused");
  expect(await findLoginOfToken(db, first)).toEqual({ sid, accountId });
});

test("ending one login leaves the account's others alone", async () => {
  const { db, first, accountId } = await openOne();
  const other = randomBytes(32);
  const sid = await openLogin(db, { accountId, tokenHash: other, lifetimeSeconds });
  await end(db, accountId, sid);
  expect((await show(db, first)).outcome).toBe("rotated");
});

test("an expired login has no good token, and is removed once its access tokens have expired too", async () => {
  const { db, url, first } = await openOne();
  await query(url, "UPDATE auth.login SET expires_at = now() - interval '1 minute'");
  expect((await show(db, first)).outcome).toBe("refused");
  await sweep(db, 90);
  expect(await query(url, "SELECT 1 FROM auth.login")).toHaveLength(1);
  await sweep(db, 30);
  expect(await query(url, "SELECT 1 FROM auth.login")).toEqual([]);
});

test("a refresh prolongs the login and forgets tokens used a lifetime ago", async () => {
  const { db, url, first } = await openOne();
  const { nextHash } = await show(db, first);
  await query(url, "UPDATE auth.refresh_token SET used_at = used_at - interval '2 hours' WHERE used_at IS NOT NULL");
  await query(url, "UPDATE auth.login SET expires_at = now() + interval '1 minute'");
  await show(db, nextHash);
  expect(await query(url, "SELECT count(*)::int AS n FROM auth.refresh_token")).toEqual([{ n: 2 }]);
  expect(await query(url, "SELECT expires_at > now() + interval '59 minutes' AS prolonged FROM auth.login")).toEqual([
    { prolonged: true },
  ]);
});

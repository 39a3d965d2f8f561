import { randomBytes } from "node:crypto";
import { createLog } from "@parley/service";
import { generateSigningKey } from "@parley/tokens";
import { expect, test } from "vitest";
import { createAccount } from "../../src/store/accounts.ts";
import { record } from "../../src/store/audit.ts";
import { knowsAddress, rememberAddress } from "../../src/store/login-addresses.ts";
import { openLogin } from "../../src/store/logins.ts";
import { readRevocations, endLogins } from "../../src/store/revocations.ts";
import { addSigningKey, ensureSigningKey, readSigningKeys } from "../../src/store/signing-keys.ts";
import { sweep } from "../../src/store/sweep.ts";
import { noteLifetime, readLongestLifetime } from "../../src/store/token-lifetimes.ts";
import { startSweeper } from "../../src/sweeper.ts";
import { openStore, query } from "../fixture.ts";

async function openAccount() {
  const store = await openStore();
  const account = await createAccount(store.db, { nickname: "Ada" });
  return { ...store, accountId: account!.id };
}

test("audit events are kept for 30 days", async () => {
  const { db, url } = await openStore();
  await db.transaction((tx) => record(tx, { action: "login.refused" }, { action: "login.accepted" }));
  await query(url, "UPDATE auth.audit SET at = at - interval '29 days'");
  await query(url, "UPDATE auth.audit SET at = at - interval '2 days' WHERE seq = 1");
  await sweep(db, 60);
  expect(await query(url, "SELECT seq::int FROM auth.audit")).toEqual([{ seq: 2 }]);
});

test("an address is known for 30 days after the last login from it", async () => {
  const { db, url, accountId } = await openAccount();
  await rememberAddress(db, accountId, "192.0.2.1");
  const age = (interval: string) =>
    query(url, `UPDATE auth.login_address SET seen_at = seen_at - interval '${interval}'`);
  await age("29 days");
  expect(await knowsAddress(db, accountId, "192.0.2.1")).toBe(true);
  expect(await knowsAddress(db, accountId, "192.0.2.2")).toBe(false);
  await rememberAddress(db, accountId, "192.0.2.1");
  await age("29 days");
  await sweep(db, 60);
  expect(await knowsAddress(db, accountId, "192.0.2.1")).toBe(true);
  await age("2 days");
  expect(await knowsAddress(db, accountId, "192.0.2.1")).toBe(false);
  await sweep(db, 60);
  expect(await query(url, "SELECT 1 FROM auth.login_address")).toEqual([]);
});

test("a login that has ended is kept for as long as others must hear of it", async () => {
  const { db, url, accountId } = await openAccount();
  await noteLifetime(db, 60);
  await openLogin(db, { accountId, tokenHash: randomBytes(32), lifetimeSeconds: 3600 });
  await db.transaction((tx) => endLogins(tx, accountId));
  await query(url, "UPDATE auth.login SET ended_at = ended_at - interval '50 seconds'");
  await sweep(db, 60);
  expect((await readRevocations(db, 0)).revocations).toHaveLength(1);
  await query(url, "UPDATE auth.login SET ended_at = ended_at - interval '20 seconds'");
  await sweep(db, 60);
  expect(await query(url, "SELECT 1 FROM auth.login")).toEqual([]);
  expect(await readRevocations(db, 0)).toEqual({ revocations: [], position: 1 });
});

test("a longer life of tokens counts for as long as one of them may be good", async () => {
  const { db, url } = await openStore();
  await noteLifetime(db, 3600);
  await noteLifetime(db, 60);
  const age = (interval: string) =>
    query(url, `UPDATE auth.token_lifetime SET used_at = used_at - interval '${interval}'`);
  await age("65 minutes");
  await noteLifetime(db, 60);
  await sweep(db, 60);
  expect(await readLongestLifetime(db)).toBe(3600);
  await age("20 minutes");
  await noteLifetime(db, 60);
  await sweep(db, 60);
  expect(await readLongestLifetime(db)).toBe(60);
});

test("a key stays while a token may be good that it signed when they were good for longer", async () => {
  const { db, url } = await openStore();
  await ensureSigningKey(db);
  await noteLifetime(db, 3600);
  const next = await generateSigningKey();
  await db.transaction((tx) => addSigningKey(tx, next, 0));
  const sweepAfter = async (interval: string) => {
    await query(url, `UPDATE auth.signing_key SET signs_at = signs_at - interval '${interval}'`);
    await startSweeper(db, 10, createLog("test", "silent")).close();
    return (await readSigningKeys(db)).keys;
  };
  expect(await sweepAfter("50 minutes")).toHaveLength(2);
  expect(await sweepAfter("15 minutes")).toHaveLength(1);
});

test("removes thousands, and nothing else", async () => {
  const { db, url, accountId } = await openAccount();
  await query(
    url,
    `INSERT INTO auth.login (account_id, expires_at)
     SELECT '${accountId}', now() + (n - 2500) * interval '1 hour' FROM generate_series(1, 3000) AS n`,
  );
  await sweep(db, 60);
  expect(await query(url, "SELECT count(*)::int AS n FROM auth.login")).toEqual([{ n: 501 }]);
});

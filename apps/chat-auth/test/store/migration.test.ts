import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@parley/database";
import { generateSigningKey } from "@parley/tokens";
import { expect, onTestFinished, test, vi } from "vitest";
import { logIn, migrationsFolder, openDatabase, password, query, readOutbox, signUp, startAuth } from "../fixture.ts";

/** The migrations up to the first `count`. */
async function keepFirst(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(migrationsFolder, folder, { recursive: true });
  const file = join(folder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}

test("accounts and keys from before go on, and others are told of all of them", async () => {
  const { url } = await openDatabase();
  await migrate(url, { folder: await keepFirst(1), schema: "auth", lockKey: 1 });
  const { kid, privateJwk } = await generateSigningKey();
  await query(url, `INSERT INTO auth.signing_key VALUES ('${kid}', '${JSON.stringify(privateJwk)}')`);
  const other = await openDatabase();
  const { who } = await signUp((await startAuth(other.url)).agent);
  const [{ password_hash: hash }] = (await query(other.url, "SELECT password_hash FROM auth.account")) as [
    Record<string, string>,
  ];
  await query(
    url,
    `INSERT INTO auth.account (email, nickname, password_hash) VALUES ('${who.email}', 'Ada', '${hash}'), ('b@b.example', 'Bob', 'x')`,
  );

  const { agent } = await startAuth(url);
  const { keys } = (await agent.get("/.well-known/jwks.json")).body;
  expect(keys).toMatchObject([{ kid }]);
  const { answer } = await logIn(agent, { ...who, password });
  const page = await readOutbox(agent, "accounts/changes");
  expect(page.changes.map(({ seq, name }: { seq: number; name: string }) => [seq, name])).toEqual([
    [1, "Ada"],
    [2, "Bob"],
  ]);
  expect(page.changes[0].accountId).toBe(answer.account.id);
  expect(page.position).toBe(2);
  await signUp(agent);
  expect((await readOutbox(agent, "accounts/changes", 2)).changes).toMatchObject([{ seq: 3 }]);
});

test("others are told of accounts that the version before makes during an update", async () => {
  const { url } = await openDatabase();
  await startAuth(url);
  await query(url, "INSERT INTO auth.account (email, nickname, password_hash) VALUES ('b@b.example', 'Bob', 'x')");
  const { agent } = await startAuth(url);
  await vi.waitFor(
    async () =>
      expect((await readOutbox(agent, "accounts/changes")).changes).toMatchObject([
        { seq: 1, name: "Bob", version: 1 },
      ]),
    { timeout: 10_000 },
  );
});

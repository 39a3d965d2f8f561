import { AccountsPage, PublicAccountAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { bearer, openAuth, query, signUp, someone } from "../fixture.ts";

const { agent, database } = await openAuth({}, afterAll);
const { answer: me } = await signUp(agent, { ...someone(), nickname: "Zoe" });

async function name(...nicknames: string[]): Promise<void> {
  const values = nicknames.map((nickname) => `('${nickname.replaceAll("'", "''")}')`);
  await query(database.url, `INSERT INTO auth.account (nickname) VALUES ${values.join(", ")}`);
}

function ask(parameters: Record<string, string>) {
  return agent.get(`/accounts?${new URLSearchParams(parameters).toString()}`).set(bearer(me));
}

async function find(parameters: Record<string, string>): Promise<AccountsPage> {
  return AccountsPage.parse((await ask(parameters).expect(200)).body);
}

const cursorBehind = (folded: string) => Buffer.from(JSON.stringify([folded, me.account.id])).toString("base64url");

const namesOf = ({ accounts }: AccountsPage) => accounts.map(({ nickname }) => nickname);

test("finds accounts by how their nickname begins, in any case and script, without addresses", async () => {
  await name("Alan", "alice", "ALBERT", "Bob", "Ängström", "김철수", "김영희");
  expect(namesOf(await find({ query: "AL" }))).toEqual(["Alan", "ALBERT", "alice"]);
  expect(namesOf(await find({ query: "äng" }))).toEqual(["Ängström"]);
  expect(namesOf(await find({ query: "김" }))).toEqual(["김영희", "김철수"]);
  const body = (await ask({ query: "z" })).body;
  expect(body).toEqual({ accounts: [{ id: me.account.id, nickname: "Zoe" }], nextCursor: null });
});

test("%, _ and \\ are letters, and SQL is text (B-51)", async () => {
  await name("100%", "a_b", "axb", "c\\d", "'; DROP TABLE auth.account;--");
  expect(namesOf(await find({ query: "%" }))).toEqual([]);
  expect(namesOf(await find({ query: "100%" }))).toEqual(["100%"]);
  expect(namesOf(await find({ query: "a_" }))).toEqual(["a_b"]);
  expect(namesOf(await find({ query: "c\\" }))).toEqual(["c\\d"]);
  expect(namesOf(await find({ query: "'; drop" }))).toEqual(["'; DROP TABLE auth.account;--"]);
});

test("pages hold every account once, also those of one name", async () => {
  await name(...Array.from({ length: 25 }, (_, n) => `Page ${n % 3}`), `Page ${"😀".repeat(29)}`);
  const ids: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page: AccountsPage = await find({ query: "page", limit: "4", ...(cursor === null ? {} : { cursor }) });
    ids.push(...page.accounts.map(({ id }) => id));
    cursor = page.nextCursor;
    pages++;
  } while (cursor !== null);
  expect([ids.length, new Set(ids).size, pages]).toEqual([26, 26, 7]);
});

test("is answered by the index", async () => {
  const { url } = database;
  await query(url, "INSERT INTO auth.account (nickname) SELECT 'many ' || n FROM generate_series(1, 20000) AS n");
  await query(url, "ANALYZE auth.account");
  const plan = await query(
    url,
    `EXPLAIN SELECT id FROM auth.account WHERE deleted_at IS NULL AND lower(nickname) COLLATE "C" LIKE lower('Many 19%')
     ORDER BY lower(nickname) COLLATE "C", id LIMIT 51`,
  );
  const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
  expect(text).toContain("account_nickname");
  expect(text).not.toMatch(/Seq Scan|Sort/);
});

test.each([
  ["no query", {}],
  ["an empty query", { query: "" }],
  ["a query of white space", { query: " " }],
  ["a query with NUL", { query: "a\0" }],
  ["a query of 10 KiB", { query: "a".repeat(10_240) }],
  ["another parameter", { query: "a", sort: "email" }],
  ["limit=0 (B-77)", { query: "a", limit: "0" }],
  ["limit=201 (B-77)", { query: "a", limit: "201" }],
  ["limit=1e9 (B-77)", { query: "a", limit: "1e9" }],
  ["a cursor of no page", { query: "a", cursor: "abc" }],
  ["a cursor with NUL", { query: "a", cursor: cursorBehind("\0") }],
  ["a cursor with half a character", { query: "a", cursor: cursorBehind("\ud800") }],
  ["a cursor with SQL", { query: "a", cursor: Buffer.from('["a","\' OR 1=1"]').toString("base64url") }],
])("refuses %s", async (_name, parameters) => {
  const response = await ask(parameters);
  expect([response.status, response.body.error.code]).toEqual([400, "INVALID"]);
});

test.each(["query=a&query=b", "query[]=a", "query=a&limit=1&limit=2", "query=a&limit[__proto__]=1"])(
  "refuses ?%s (B-77)",
  async (text) => {
    await agent.get(`/accounts?${text}`).set(bearer(me)).expect(400);
  },
);

test("an account is shown by its id, without its address", async () => {
  const { answer } = await signUp(agent);
  const response = await agent.get(`/accounts/${answer.account.id.toUpperCase()}`).set(bearer(me)).expect(200);
  expect(response.body).toEqual({ account: { id: answer.account.id, nickname: "Ada" } });
  expect(PublicAccountAnswer.safeParse(response.body).success).toBe(true);
});

test.each(["00000000-0000-7000-8000-000000000000", "google:1", "1", "%00"])("there is no account %s", async (id) => {
  const response = await agent.get(`/accounts/${encodeURIComponent(id)}`).set(bearer(me));
  expect([response.status, response.body.error.code]).toEqual([404, "NOT_FOUND"]);
});

test("only accounts may look", async () => {
  await agent.get("/accounts?query=a").expect(401);
  await agent.get(`/accounts/${me.account.id}`).expect(401);
});

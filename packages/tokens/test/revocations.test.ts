// Which logins have ended, from pages that are served by the test and events that it tells.
import { outboxPageMax, Refusal, type Identity, type Revocation } from "@parley/contracts";
import { expect, onTestFinished, test, vi } from "vitest";
import { refuseRevoked, watchRevocations } from "../src/index.ts";

const hour = 3_600_000;

function ended(count: number, from = 1): Revocation[] {
  return Array.from({ length: count }, (_, n) => ({
    seq: from + n,
    accountId: "ada",
    sid: `login ${from + n}`,
    relevantMs: hour,
  }));
}

/** Asked again every few milliseconds. */
async function open(revocations: Revocation[] = []) {
  const served = { revocations, isAway: false, asked: 0 };
  const clock = { nowMs: 0 };
  const [told, faults]: [string[], unknown[]] = [[], []];
  let hear = (_payload: string) => {};
  const watch = await watchRevocations({
    async fetchPage(after) {
      served.asked++;
      if (served.isAway) throw new Refusal("UNAVAILABLE", "away");
      const behind = served.revocations.filter(({ seq }) => seq > after).slice(0, outboxPageMax);
      return { revocations: behind, position: served.revocations.at(-1)?.seq ?? 0 };
    },
    listen: async (heard) => void (hear = heard),
    onRevoked: (sid) => told.push(sid),
    onFault: (error) => faults.push(error),
    now: () => clock.nowMs,
    checkMs: 5,
  });
  onTestFinished(() => watch.close());
  const asksAgain = async (times = 3) => {
    const before = served.asked;
    await vi.waitUntil(() => served.asked >= before + times);
  };
  return { watch, served, clock, told, faults, asksAgain, hear: (payload: object) => hear(JSON.stringify(payload)) };
}

test("all that have ended are known before anybody is let in, however many pages they are", async () => {
  const { watch } = await open(ended(2 * outboxPageMax + 1));
  expect(watch.isLoaded).toBe(true);
  for (const n of [1, outboxPageMax, outboxPageMax + 1, 2 * outboxPageMax + 1])
    expect(watch.isRevoked(`login ${n}`)).toBe(true);
  expect(watch.isRevoked("login 0")).toBe(false);
});

test("what is heard counts at once, and is told once, although it is read later too", async () => {
  const { watch, served, told, hear, asksAgain } = await open();
  hear({ accountId: "ada", version: 1, change: "logout", sids: ["login 1"] });
  expect(watch.isRevoked("login 1")).toBe(true);
  served.revocations = ended(1);
  await asksAgain();
  expect(told).toEqual(["login 1"]);
});

test("what no event tells is found by asking (P-2)", async () => {
  const { watch, served } = await open();
  served.revocations = ended(1);
  await expect.poll(() => watch.isRevoked("login 1")).toBe(true);
});

test("nonsense on the bus, and rights in rooms, end no login", async () => {
  const { told, hear } = await open();
  for (const payload of [{}, { sids: "login 1" }, { roomId: "hall", accountId: "ada", version: 1, change: "left" }])
    hear(payload);
  expect(told).toEqual([]);
});

test("a login is forgotten once none of its tokens can be good", async () => {
  const { watch, served, clock, asksAgain } = await open(ended(1));
  served.revocations = [];
  clock.nowMs = hour + 1;
  await asksAgain();
  expect(watch.isRevoked("login 1")).toBe(false);
});

test("a database that was restored counts from less: all is read again", async () => {
  const { watch, served } = await open(ended(5));
  served.revocations = ended(1).map((one) => ({ ...one, sid: "after the restore" }));
  await expect.poll(() => watch.isRevoked("after the restore")).toBe(true);
});

test("that chat-auth is away is told once, and once more when it goes away again; what was known stays", async () => {
  const { watch, served, faults, asksAgain } = await open(ended(1));
  served.isAway = true;
  await asksAgain();
  served.isAway = false;
  await asksAgain();
  served.isAway = true;
  await asksAgain();
  expect(faults).toHaveLength(2);
  expect([watch.isLoaded, watch.isRevoked("login 1")]).toEqual([true, true]);
});

test("a verified token passes, unless its login has ended, or that cannot be told yet (B-69)", async () => {
  const { watch } = await open(ended(1));
  const identity = (sid: string): Identity => ({ accountId: "ada", name: "Ada", sid, expiresAt: 0 });
  const verify = refuseRevoked(async (token) => identity(token), watch);
  expect((await verify("login 2")).sid).toBe("login 2");
  await expect(verify("login 1")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  const blind = refuseRevoked(async (token) => identity(token), { ...watch, isLoaded: false });
  await expect(blind("login 2")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

import { expect, it } from "vitest";
import { createTokenKeeper, type Token } from "../src/token-keeper.ts";

function keeper(renewals: (() => Promise<Token>)[] = []) {
  const clock = { now: 0 };
  let count = 0;
  const renew = () => renewals[count]?.() ?? Promise.resolve({ accessToken: `renewed ${count}`, expiresIn: 900 });
  const keep = createTokenKeeper({
    first: { accessToken: "first", expiresIn: 900 },
    now: () => clock.now,
    renew: () => renew().finally(() => count++),
  });
  const getToken = (fresh = false) => keep({ fresh });
  return { getToken, clock, renewed: () => count };
}

it("gives out a token as long as more than a minute of it is left", async () => {
  const { getToken, clock } = keeper();
  clock.now = 839_999;
  expect(await getToken()).toBe("first");
  clock.now = 840_000;
  expect(await getToken()).toBe("renewed 0");
  clock.now = 840_000 + 839_999;
  expect(await getToken()).toBe("renewed 0");
});

it("asks once for all who wait: a refresh token that is used twice ends its login", async () => {
  const { getToken, clock, renewed } = keeper();
  clock.now = 900_000;
  expect(await Promise.all([getToken(), getToken(), getToken()])).toEqual(Array(3).fill("renewed 0"));
  expect(renewed()).toBe(1);
});

it("tells all who wait when there is no token, and asks again for the next", async () => {
  const { getToken, clock } = keeper([() => Promise.reject(new Error("no network"))]);
  clock.now = 900_000;
  const answers = await Promise.allSettled([getToken(), getToken()]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await getToken()).toBe("renewed 1");
});

it("gives another one when a fresh one is wanted, however long the last would have lasted", async () => {
  const { getToken } = keeper();
  expect(await getToken(true)).toBe("renewed 0");
  expect(await getToken()).toBe("renewed 0");
});

it("gives out a short-lived token for three quarters of its time", async () => {
  const short = (n: number) => () => Promise.resolve({ accessToken: `short ${n}`, expiresIn: 10 });
  const { getToken, clock } = keeper([short(0), short(1)]);
  await getToken(true);
  clock.now = 7_499;
  expect(await getToken()).toBe("short 0");
  clock.now = 7_500;
  expect(await getToken()).toBe("short 1");
});

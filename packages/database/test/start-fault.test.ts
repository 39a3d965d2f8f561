import { StartFault } from "@parley/service";
import { expect, inject, test } from "vitest";
import { migrate } from "../src/index.ts";
import { openDatabase } from "./fixture.ts";

const options = { folder: "/nowhere", schema: "one", lockKey: 1 };

async function refusalOf(change: (url: URL) => void): Promise<StartFault> {
  const url = new URL(inject("databaseUrl"));
  change(url);
  const fault = await migrate(url.href, options).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartFault);
  return fault as StartFault;
}

test("refuses a server that is away in one sentence, with 69 to try again", async () => {
  const fault = await refusalOf((url) => (url.host = "127.0.0.1:1"));
  const sentence = "DATABASE_URL (127.0.0.1:1): PostgreSQL cannot be used (ECONNREFUSED); is DATABASE_URL right?";
  expect([fault.message, fault.exitCode]).toEqual([sentence, 69]);
});

test("refuses a server that takes no connections in one sentence, with 69 to try again", async () => {
  const { url, shut } = await openDatabase();
  await shut();
  const fault = await refusalOf((changed) => (changed.href = url));
  expect(fault.message).toMatch(/PostgreSQL cannot be used \(55000\); is DATABASE_URL right\?$/);
  expect(fault.exitCode).toBe(69);
});

test.each([
  ["password", "28P01", (url: URL) => (url.password = "secret")],
  ["database", "3D000", (url: URL) => (url.pathname = "/secret")],
])("refuses a wrong %s in one sentence, with 78 for somebody to mend it", async (_what, state, change) => {
  const fault = await refusalOf(change);
  expect(fault.message).toMatch(new RegExp(`PostgreSQL cannot be used \\(${state}\\); is DATABASE_URL right\\?$`));
  expect(fault.message).not.toMatch(/secret/);
  expect(fault.exitCode).toBe(78);
});

test("refuses a server that cannot keep the promises, with 78 for somebody to mend it", async () => {
  const fault = await refusalOf((url) => url.searchParams.set("options", "-c synchronous_commit=off"));
  expect(fault.message).toMatch(/^DATABASE_URL \([^@]+\): .* synchronous_commit = off .* set it to on\.$/);
  expect(fault.exitCode).toBe(78);
});

test("takes no fault of a migration for one of the server", async () => {
  const { url } = await openDatabase();
  await expect(migrate(url, options)).rejects.not.toBeInstanceOf(StartFault);
});

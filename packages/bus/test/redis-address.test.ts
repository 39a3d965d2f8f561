import { expect, test } from "vitest";
import { splitUrls } from "@parley/service";
import { addressOf, urlAt } from "../src/redis-url.ts";

test("finds the URLs of a list, also with commas in a password", () => {
  expect(splitUrls("redis://a:7000")).toEqual(["redis://a:7000"]);
  expect(splitUrls("redis://u:p,w@a:7000, rediss://b:7001,redis://c")).toEqual([
    "redis://u:p,w@a:7000",
    "rediss://b:7001",
    "redis://c",
  ]);
});

test("leads to another node with the same login, TLS and options, and no database", () => {
  const url = "rediss://user:p%40ss@a:7000/1?family=6";
  expect(urlAt(url, { host: "10.0.0.2", port: 7001 })).toBe("rediss://user:p%40ss@10.0.0.2:7001?family=6");
  expect(urlAt(url, { host: "fd00::1", port: 7001 })).toBe("rediss://user:p%40ss@[fd00::1]:7001?family=6");
});

test("knows the address of a URL", () => {
  expect(addressOf("redis://user:secret@[fd00::1]:7001")).toEqual({ host: "fd00::1", port: 7001 });
  expect(addressOf("redis://a")).toEqual({ host: "a", port: 6379 });
});

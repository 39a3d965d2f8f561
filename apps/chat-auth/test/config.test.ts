import { readConfig } from "@parley/service";
import { expect, test } from "vitest";
import { variables } from "../src/service.ts";

const DATABASE_URL = "postgres://localhost/parley";

test("only the database must be told, and the cookie is for https unless told otherwise", () => {
  expect(readConfig(variables, { DATABASE_URL })).toMatchObject({
    port: 8082,
    cookiePath: "/",
    cookieSecure: true,
    allowedOrigins: [],
    accessTokenSeconds: 900,
    refreshTokenSeconds: 30 * 24 * 3600,
  });
  expect(readConfig(variables, { DATABASE_URL, COOKIE_SECURE: "false" }).cookieSecure).toBe(false);
});

test("origins are given as a list", () => {
  const config = readConfig(variables, { DATABASE_URL, ALLOWED_ORIGINS: "https://a.example,http://localhost:5173" });
  expect(config.allowedOrigins).toEqual(["https://a.example", "http://localhost:5173"]);
});

test.each([
  ["COOKIE_PATH", "auth"],
  ["COOKIE_PATH", "/; Domain=evil.example"],
  ["COOKIE_SECURE", "yes"],
  ["ALLOWED_ORIGINS", "https://a.example/path"],
  ["ALLOWED_ORIGINS", "*"],
  ["ACCESS_TOKEN_SECONDS", "0"],
  ["DATABASE_URL", "mysql://localhost/parley"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readConfig(variables, { DATABASE_URL, [name]: value })).toThrow(name);
});

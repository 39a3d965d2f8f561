import { readConfig } from "@parley/service";
import { expect, test } from "vitest";
import { variables } from "../src/service.ts";

const needed = {
  DATABASE_URL: "postgres://localhost/parley",
  REDIS_URL: "redis://localhost",
  SERVICE_TOKEN: "service-token-of-tests",
};

test("only the servers and the service token must be told; guests are not let in, and the cookie is for https unless told otherwise", () => {
  expect(readConfig(variables, needed)).toMatchObject({
    port: 8082,
    cookiePath: "/",
    cookieSecure: true,
    allowedOrigins: [],
    accessTokenSeconds: 900,
    refreshTokenSeconds: 30 * 24 * 3600,
    guests: false,
    operatorToken: undefined,
    keyLeadSeconds: 660,
  });
  expect(readConfig(variables, { ...needed, COOKIE_SECURE: "false" }).cookieSecure).toBe(false);
});

test("origins are given as a list", () => {
  const config = readConfig(variables, { ...needed, ALLOWED_ORIGINS: "https://a.example,http://localhost:5173" });
  expect(config.allowedOrigins).toEqual(["https://a.example", "http://localhost:5173"]);
});

test.each([
  ["COOKIE_PATH", "auth"],
  ["COOKIE_PATH", "/; Domain=evil.example"],
  ["COOKIE_SECURE", "yes"],
  ["GUESTS", "1"],
  ["KEY_LEAD_SECONDS", "12"],
  ["OPERATOR_TOKEN", "too short"],
  ["TRUSTED_PROXIES", "everybody"],
  ["ALLOWED_ORIGINS", "https://a.example/path"],
  ["ALLOWED_ORIGINS", "*"],
  ["ACCESS_TOKEN_SECONDS", "0"],
  ["DATABASE_URL", "mysql://localhost/parley"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readConfig(variables, { ...needed, [name]: value })).toThrow(name);
});

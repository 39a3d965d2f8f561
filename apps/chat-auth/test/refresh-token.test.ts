import { array, check, property, string, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { hashRefreshToken, makeRefreshToken, parseRefreshCookie } from "../src/refresh-token.ts";

test("a refresh token has 256 random bits, and its hash is SHA-256", () => {
  const [one, other] = [makeRefreshToken(), makeRefreshToken()];
  expect(Buffer.from(one, "base64url").length).toBe(32);
  expect(one).not.toBe(other);
  expect(hashRefreshToken("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("the token is found among any other cookies", () => {
  const pair = stringMatching(/^[a-z]{1,8}=[a-z0-9_=]{0,50}$/);
  const found = property(array(pair), array(pair), (before, after) => {
    const token = makeRefreshToken();
    return parseRefreshCookie([...before, `refresh_token=${token}`, ...after].join("; ")) === token;
  });
  expect(check(found).failed).toBe(false);
});

test("of two the first counts: browsers send the longer path first (RFC 6265 §5.4)", () => {
  const [one, other] = [makeRefreshToken(), makeRefreshToken()];
  expect(parseRefreshCookie(`refresh_token=${one}; refresh_token=${other}`)).toBe(one);
});

test("no text makes a token of anything else", () => {
  const harmless = property(string({ unit: "binary" }), (text) => {
    const token = parseRefreshCookie(text);
    return token === undefined || /^[A-Za-z0-9_-]{43}$/.test(token);
  });
  expect(check(harmless).failed).toBe(false);
  const token = makeRefreshToken();
  for (const header of [
    undefined,
    "",
    `refresh_token=${token}x`,
    `xrefresh_token=${token}`,
    `refresh_token="${token}"`,
  ])
    expect(parseRefreshCookie(header)).toBeUndefined();
});

// What a call makes of the answers that it may get.
import { afterEach, expect, it, vi } from "vitest";
import { createCall } from "../src/call.ts";

afterEach(() => void vi.unstubAllGlobals());

/** Answers one after the other. */
function origin(...answers: Response[]) {
  const authorizations: (string | null)[] = [];
  vi.stubGlobal("fetch", async (_url: string, { headers }: RequestInit) => {
    authorizations.push(new Headers(headers).get("Authorization"));
    return answers.shift();
  });
  const call = createCall("https://chat.example", async ({ fresh }) => (fresh ? "fresh" : "kept"));
  return { call, authorizations };
}

const refused = (status: number, code: string, headers: HeadersInit = {}) =>
  Response.json({ error: { code, message: "no" } }, { status, headers });

it("asks once more with a fresh token when the one at hand is refused", async () => {
  const { call, authorizations } = origin(refused(401, "TOKEN_EXPIRED"), Response.json({ room: "general" }));
  expect(await call("/rooms/general")).toEqual({ room: "general" });
  expect(authorizations).toEqual(["Bearer kept", "Bearer fresh"]);
});

it("gives up with the code when the fresh one is refused too", async () => {
  const { call, authorizations } = origin(refused(401, "TOKEN_EXPIRED"), refused(401, "UNAUTHENTICATED"));
  await expect(call("/rooms")).rejects.toMatchObject({ name: "ChatError", code: "UNAUTHENTICATED" });
  expect(authorizations).toHaveLength(2);
});

it("says when another try makes sense, if the server did", async () => {
  const { call } = origin(refused(429, "RATE_LIMITED", { "Retry-After": "3" }), refused(403, "FORBIDDEN"));
  await expect(call("/rooms")).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 3_000 });
  await expect(call("/rooms")).rejects.toMatchObject({ code: "FORBIDDEN", retryAfterMs: undefined });
});

it("takes an answer that is not Parley's for none", async () => {
  const { call } = origin(new Response("<html>", { status: 502 }));
  await expect(call("/rooms")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

it("answers nothing where there is nothing", async () => {
  const { call } = origin(new Response(null, { status: 204 }));
  expect(await call("/rooms/general/members/me", { method: "DELETE" })).toBeUndefined();
});

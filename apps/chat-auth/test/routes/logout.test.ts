import { expect, test } from "vitest";
import { cookieOf, openAuth, password, setCookieOf, signUp } from "../fixture.ts";

test("a logout ends its login and clears the cookie; the account's other logins go on (B-72)", async () => {
  const { agent } = await openAuth({ COOKIE_PATH: "/auth" });
  const { who, answer, cookie } = await signUp(agent);
  const other = cookieOf(await agent.post("/login").send({ email: who.email, password }).expect(200));
  const response = await agent.post("/logout").set("Cookie", cookie).expect(204);
  expect(setCookieOf(response)).toMatch(/^refresh_token=; Path=\/auth; Expires=Thu, 01 Jan 1970 .*; HttpOnly; Secure/);
  await agent.post("/refresh").set("Cookie", cookie).expect(401);
  await agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`).expect(401);
  await agent.post("/refresh").set("Cookie", other).expect(200);
});

test("an access token alone logs its login out", async () => {
  const { agent } = await openAuth();
  const { answer, cookie } = await signUp(agent);
  await agent.post("/logout").set("Authorization", `Bearer ${answer.accessToken}`).expect(204);
  expect((await agent.post("/refresh").set("Cookie", cookie)).status).toBe(401);
});

test("logging out twice is logged out", async () => {
  const { agent } = await openAuth();
  const { cookie } = await signUp(agent);
  await agent.post("/logout").set("Cookie", cookie).expect(204);
  expect((await agent.post("/logout").set("Cookie", cookie)).status).toBe(204);
});

test("who shows nothing cannot log out", async () => {
  const { agent } = await openAuth();
  expect((await agent.post("/logout")).status).toBe(401);
});

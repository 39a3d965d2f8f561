import { afterAll, expect, test } from "vitest";
import { cookieOf, openAuth, signUp } from "./fixture.ts";

const { agent } = await openAuth({ ALLOWED_ORIGINS: "https://app.example" }, afterAll);

test.each([
  "https://evil.example",
  "null",
  "https://chat.example.evil.example",
  "https://chat.example@evil.example",
  "https://chat.example, https://evil.example",
  "https://chat.example:8443",
  "file://chat.example",
  "",
])("refuses refresh and logout from the origin %j, and neither happens (B-72)", async (origin) => {
  const { cookie } = await signUp(agent);
  for (const path of ["/refresh", "/logout"]) {
    const response = await agent.post(path).set({ Host: "chat.example", Origin: origin, Cookie: cookie });
    expect([response.status, response.body.error.code]).toEqual([403, "FORBIDDEN"]);
  }
  await agent.post("/refresh").set("Cookie", cookie).expect(200);
});

test("lets in its own host, allowed origins, and what is no browser", async () => {
  let { cookie } = await signUp(agent);
  for (const headers of [
    { Host: "chat.example", Origin: "https://chat.example" },
    { Host: "localhost:8080", Origin: "http://localhost:8080" },
    { Host: "chat.example", Origin: "https://app.example" },
    { Host: "chat.example" },
  ]) {
    const response = await agent.post("/refresh").set({ ...headers, Cookie: cookie });
    expect(response.status).toBe(200);
    cookie = cookieOf(response);
  }
});

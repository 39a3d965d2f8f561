import { describe, expect, test } from "vitest";
import { createShell, serviceToken } from "./shell.ts";

const { http, waiting } = createShell();

describe("the HTTP shell", () => {
  test("answers errors by code, with an id, and without what went wrong inside", async () => {
    const { status, body, headers } = await http().get("/fault");
    expect(status).toBe(500);
    expect(body).toEqual({
      error: { code: "INTERNAL", message: expect.any(String), requestId: headers["x-request-id"] },
    });
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("says when to come back if what it is built on is away", async () => {
    const { status, body, headers } = await http().get("/away");
    expect([status, body.error.code, headers["retry-after"]]).toEqual([503, "UNAVAILABLE", "1"]);
  });

  test("an answer that cannot be written is a fault, not half an answer (B-95)", async () => {
    const { status, body } = await http().get("/unwritable");
    expect([status, body.error.code]).toEqual([500, "INTERNAL"]);
  });

  test("refuses unknown paths, broken JSON and large bodies by code", async () => {
    expect((await http().get("/nope")).body.error.code).toBe("NOT_FOUND");
    expect((await http().get("/%")).status).toBe(404);
    const broken = await http().post("/echo").type("json").send("{");
    expect([broken.status, broken.body.error.code]).toEqual([400, "INVALID"]);
    const large = await http()
      .post("/echo")
      .send({ text: "x".repeat(70_000) });
    expect([large.status, large.body.error.code]).toEqual([413, "TOO_LARGE"]);
  });

  test("lets pages of allowed origins read answers, and no others", async () => {
    const from = (origin: string) => http().get("/health/live").set("Origin", origin);
    const allowed = await from("https://app.example");
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "Retry-After,X-Request-Id",
      vary: "Authorization, Origin",
    });
    const preflight = await http().options("/mine").set("Origin", "https://app.example");
    expect([preflight.status, preflight.headers["access-control-max-age"]]).toEqual([204, "600"]);
    for (const origin of ["https://evil.example", "https://app.example.evil.com", "null"])
      expect((await from(origin)).headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("is ready exactly when nothing is waited for", async () => {
    expect((await http().get("/health/ready")).status).toBe(200);
    waiting.push("database");
    const { status, body } = await http().get("/health/ready");
    expect([status, body.waiting]).toEqual([503, ["database"]]);
    waiting.pop();
  });

  test("wants a bearer token where accounts are asked for (B-61)", async () => {
    for (const value of ["", "Bearer", "Bearer ", "Basic QTpC", "Bearer a b"]) {
      expect((await http().get("/mine").set("authorization", value)).body.error.code).toBe("UNAUTHENTICATED");
    }
    expect((await http().get("/mine?token=good").set("cookie", "token=good")).body.error.code).toBe("UNAUTHENTICATED");
    expect((await http().get("/mine").set("authorization", "Bearer abc")).body.error.code).toBe("TOKEN_EXPIRED");
  });

  test("lets only services into what is internal", async () => {
    expect((await http().get("/internal")).status).toBe(401);
    expect((await http().get("/internal").set("authorization", `Bearer ${serviceToken}X`)).status).toBe(401);
    expect((await http().get("/internal").set("authorization", `Bearer ${serviceToken}`)).status).toBe(200);
  });

  test("serves metrics in Prometheus's format", async () => {
    expect((await http().get("/metrics")).text).toContain("http_refused_total");
  });
});

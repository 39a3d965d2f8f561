import { createVerifier } from "@parley/tokens";
import { expect, test } from "vitest";
import { openAuth, signUp } from "../fixture.ts";

test("the public keys verify access tokens, may be cached by anybody, and hold nothing private", async () => {
  const { agent } = await openAuth();
  const { answer } = await signUp(agent);
  const response = await agent.get("/.well-known/jwks.json").expect(200);
  expect(response.get("Cache-Control")).toBe("public, max-age=600");
  expect(response.get("Vary")).toBe("Origin");
  expect(response.get("Content-Type")).toContain("application/json");
  expect(response.body.keys).toHaveLength(1);
  expect(Object.keys(response.body.keys[0]).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  const verifier = createVerifier({ keys: response.body, issuer: "parley", audience: "parley" });
  expect((await verifier.verify(answer.accessToken)).accountId).toBe(answer.account.id);
});

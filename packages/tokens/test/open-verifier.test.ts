import { ConfigFault } from "@parley/service";
import { expect, onTestFinished, test } from "vitest";
import { openVerifier, tokenIssuers, type TokenIssuer } from "../src/index.ts";
import { startIssuer } from "../src/issuer.ts";
import { foreignClaims, outcomeOf, secret, signForeign } from "./foreign-keys.ts";

const own = { tokenIssuer: "parley", tokenAudience: "parley" };

function issuers(...list: object[]): TokenIssuer[] {
  const each = list.map((fields, index) => ({ name: `issuer-${index}`, audience: "chat", secret, ...fields }));
  return tokenIssuers.schema.parse(JSON.stringify(each));
}

async function openAuth() {
  const auth = await startIssuer();
  onTestFinished(() => auth.close());
  return auth;
}

test("tokens of ours and of others are accepted side by side", async () => {
  const auth = await openAuth();
  const list = issuers({ name: "shop", issuer: "https://shop.example" });
  const { verify } = openVerifier({ ...own, authUrl: auth.url, tokenIssuers: list });
  expect((await verify(await auth.sign({ accountId: "a1", name: "Ada" }))).accountId).toBe("a1");
  expect((await verify(await signForeign())).accountId).toBe("shop:42");
});

test("a token is checked by the key of the issuer that it names, and by no other", async () => {
  const other = "another secret of more than 32 octets";
  const { verify } = openVerifier({
    ...own,
    tokenIssuers: issuers({ issuer: "https://a.example" }, { issuer: "https://b.example", secret: other }),
  });
  const sign = (iss: string, by: string) => signForeign(foreignClaims({ iss }), Buffer.from(by));
  expect((await verify(await sign("https://a.example", secret))).accountId).toBe("issuer-0:42");
  expect((await verify(await sign("https://b.example", other))).accountId).toBe("issuer-1:42");
  expect(await outcomeOf(verify(await sign("https://a.example", other)))).toBe("UNAUTHENTICATED");
  expect(await outcomeOf(verify(await sign("https://b.example", secret)))).toBe("UNAUTHENTICATED");
});

test("another issuer cannot speak for an account of ours, nor under our name (B-66)", async () => {
  const auth = await openAuth();
  const tokenList = issuers({ name: "shop", issuer: "https://shop.example" });
  const { verify } = openVerifier({ ...own, authUrl: auth.url, tokenIssuers: tokenList });
  expect((await verify(await signForeign(foreignClaims({ sub: "a1" })))).accountId).toBe("shop:a1");
  expect(await outcomeOf(verify(await signForeign(foreignClaims({ iss: "parley", aud: "parley" }))))).toBe(
    "UNAUTHENTICATED",
  );
});

test("without chat-auth its tokens are not accepted", async () => {
  const auth = await openAuth();
  const { verify } = openVerifier({ ...own, tokenIssuers: issuers({ issuer: "https://shop.example" }) });
  expect(await outcomeOf(verify(await auth.sign({ accountId: "a1", name: "Ada" })))).toBe("UNAUTHENTICATED");
});

test("refuses to start when nobody's tokens would be accepted, or our own name is given to somebody else", () => {
  expect(() => openVerifier({ ...own, tokenIssuers: [] })).toThrow(ConfigFault);
  const authUrl = "http://127.0.0.1:9";
  expect(() => openVerifier({ ...own, authUrl, tokenIssuers: issuers({ issuer: "parley" }) })).toThrow(ConfigFault);
});

test.each(["", "x", "a.b.c", ".".repeat(9), "e30.e30.", "e30.W10.", "e30.eyJpc3MiOnt9fQ."])(
  "refuses %j by UNAUTHENTICATED",
  async (token) => {
    const { verify } = openVerifier({ ...own, tokenIssuers: issuers({ issuer: "https://shop.example" }) });
    expect(await outcomeOf(verify(token))).toBe("UNAUTHENTICATED");
  },
);

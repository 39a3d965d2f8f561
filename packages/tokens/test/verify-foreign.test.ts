import { inspect } from "node:util";
import { createSign, generateKeyPairSync } from "node:crypto";
import { AccountId, Nickname } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import {
  foreignClaims as claims,
  hmacOf,
  now,
  openForeign,
  outcomeOf,
  pairs,
  publicPem,
  secret,
  serveKeys,
  signForeign as sign,
} from "./foreign-keys.ts";
import { assemble } from "./token-maker.ts";

const bySecret = openForeign({ secret });
const kinds = Object.keys(pairs) as (keyof typeof pairs)[];

describe("keys", () => {
  test("a token by the shared secret speaks for an account of that issuer", async () => {
    const payload = claims({ sid: "login 1" });
    expect(await bySecret.verify(await sign(payload))).toEqual({
      accountId: "shop:42",
      name: "Ada",
      sid: "shop:login 1",
      expiresAt: payload.exp,
    });
  });

  test.each(kinds)("a token by %s is accepted with the public key as PEM, as JWK and from a URL", async (alg) => {
    const { privateKey, publicKey } = pairs[alg];
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k" };
    const token = await sign(claims(), privateKey, { alg, kid: "k" });
    for (const fields of [
      { publicKey: publicPem(privateKey) },
      { publicKey: jwk },
      { jwksUrl: await serveKeys([jwk]) },
    ])
      expect((await openForeign(fields).verify(token)).accountId).toBe("shop:42");
  });

  test("PS256 goes with an RSA key, too", async () => {
    const { privateKey } = pairs.RS256;
    const token = await sign(claims(), privateKey, { alg: "PS256" });
    expect(await outcomeOf(openForeign({ publicKey: publicPem(privateKey) }).verify(token))).toBe("accepted");
  });

  test.each(["none", "None", "nOnE", ""])(
    "refuses alg %j with an empty signature, whatever the key (B-62)",
    async (alg) => {
      const token = assemble({ alg }, JSON.stringify(claims()), () => "");
      const publicKey = publicPem(pairs.RS256.privateKey);
      for (const verifier of [bySecret, openForeign({ publicKey })])
        expect(await outcomeOf(verifier.verify(token))).toBe("UNAUTHENTICATED");
    },
  );

  test("refuses an empty signature under a good algorithm (B-62)", async () => {
    const token = assemble({ alg: "HS256" }, JSON.stringify(claims()), () => "");
    expect(await outcomeOf(bySecret.verify(token))).toBe("UNAUTHENTICATED");
  });

  test.each(kinds)("refuses HS256 signed with the public key of %s, however it is held (B-63)", async (alg) => {
    const { privateKey, publicKey } = pairs[alg];
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k" };
    const pem = publicPem(privateKey);
    const secrets = [pem, pem.trim(), JSON.stringify(jwk), publicKey.export({ type: "spki", format: "der" })];
    const verifiers = [{ publicKey: pem }, { publicKey: jwk }, { jwksUrl: await serveKeys([jwk]) }].map(openForeign);
    for (const octets of secrets) {
      const token = assemble({ alg: "HS256", kid: "k" }, JSON.stringify(claims()), (input) => hmacOf(input, octets));
      for (const verifier of verifiers) expect(await outcomeOf(verifier.verify(token))).toBe("UNAUTHENTICATED");
    }
  });

  test("refuses what another kind of key signed than the one that was agreed on (B-63)", async () => {
    for (const alg of kinds) {
      const token = await sign(claims(), pairs[alg].privateKey, { alg });
      expect(await outcomeOf(bySecret.verify(token))).toBe("UNAUTHENTICATED");
      for (const other of kinds.filter((kind) => kind !== alg)) {
        const verifier = openForeign({ publicKey: publicPem(pairs[other].privateKey) });
        expect(await outcomeOf(verifier.verify(token))).toBe("UNAUTHENTICATED");
      }
    }
  });

  test("refuses RS512 by the right key (B-63)", async () => {
    const { privateKey } = pairs.RS256;
    const rs512 = (input: string) => createSign("RSA-SHA512").update(input).sign(privateKey, "base64url");
    const token = assemble({ alg: "RS512" }, JSON.stringify(claims()), rs512);
    expect(await outcomeOf(openForeign({ publicKey: publicPem(privateKey) }).verify(token))).toBe("UNAUTHENTICATED");
  });

  test("refuses another secret, another key, and a key that the token brings along (B-63)", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(await outcomeOf(bySecret.verify(await sign(claims(), Buffer.from(`${secret}.`))))).toBe("UNAUTHENTICATED");
    const verifier = openForeign({ publicKey: publicPem(pairs.ES256.privateKey) });
    const header = { alg: "ES256", jwk: publicKey.export({ format: "jwk" }) };
    expect(await outcomeOf(verifier.verify(await sign(claims(), privateKey, header)))).toBe("UNAUTHENTICATED");
  });
});

describe("time", () => {
  test("accepts what ended less than 5 s ago", async () => {
    expect(await outcomeOf(bySecret.verify(await sign(claims({ exp: now() - 3 }))))).toBe("accepted");
  });

  test.each([6, 3600])("refuses what ended %i s ago as TOKEN_EXPIRED (B-65)", async (seconds) => {
    expect(await outcomeOf(bySecret.verify(await sign(claims({ exp: now() - seconds }))))).toBe("TOKEN_EXPIRED");
  });

  test("refuses a negative exp, and nbf and iat in the future (B-65)", async () => {
    const outcome = async (changed: object) => outcomeOf(bySecret.verify(await sign(claims({ ...changed }))));
    expect(await outcome({ exp: -1 })).toBe("TOKEN_EXPIRED");
    expect(await outcome({ nbf: now() + 3600 })).toBe("UNAUTHENTICATED");
    expect(await outcome({ iat: now() + 3600 })).toBe("UNAUTHENTICATED");
    expect(await outcome({ iat: now() })).toBe("accepted");
  });

  test.each(['"soon"', "1e400", "1e300", "null", "undefined"])("refuses exp %s (B-65)", async (exp) => {
    const { exp: _exp, ...others } = claims();
    const payload = exp === "undefined" ? JSON.stringify(others) : `{"exp":${exp},${JSON.stringify(others).slice(1)}`;
    expect(await outcomeOf(bySecret.verify(assemble({ alg: "HS256" }, payload, hmacOf)))).toBe("UNAUTHENTICATED");
  });
});

describe("claims", () => {
  test.each([
    ["another aud", { aud: "elsewhere" }],
    ["an aud list without us", { aud: ["elsewhere", "nowhere"] }],
    ["no aud", { aud: undefined }],
    ["another iss", { iss: "https://elsewhere.example" }],
    ["our own iss", { iss: "parley" }],
    ["no iss", { iss: undefined }],
    ["an iss that is a list", { iss: ["https://shop.example"] }],
    ["no sub", { sub: undefined }],
    ["an empty sub", { sub: "" }],
    ["a sub of 10 KiB", { sub: "s".repeat(10_240) }],
    ["a sub that no database keeps", { sub: "a\0b" }],
    ["a sub with half a character", { sub: "a\ud800" }],
    ["a sub that is a number", { sub: 7 }],
    ["a refresh token by its typ", { typ: "Refresh" }],
    ["a refresh token by its use", { use: "refresh" }],
    ["a refresh token by its token_use", { token_use: "refresh_token" }],
    ["an offline token", { typ: "Offline" }],
  ])("refuses %s (B-66)", async (_name, changed) => {
    const payload = JSON.stringify(claims(changed));
    expect(await outcomeOf(bySecret.verify(assemble({ alg: "HS256" }, payload, hmacOf)))).toBe("UNAUTHENTICATED");
  });

  test.each(["JWT", "jwt", "at+jwt", "application/at+jwt"])("accepts typ %s", async (typ) => {
    expect(await outcomeOf(bySecret.verify(await sign(claims(), undefined, { alg: "HS256", typ })))).toBe("accepted");
  });

  test.each(["rt+jwt", "refresh", "logout+jwt", "dpop+jwt", ""])("refuses typ %j (B-66)", async (typ) => {
    expect(await outcomeOf(bySecret.verify(await sign(claims(), undefined, { alg: "HS256", typ })))).toBe(
      "UNAUTHENTICATED",
    );
  });

  test("reads id and nickname from the claims that are agreed on", async () => {
    const verifier = openForeign({ secret, claims: { id: "uid", name: "nick" } });
    const token = await sign(claims({ uid: "u1", nick: "Grace", sub: undefined, name: "no" }));
    expect(await verifier.verify(token)).toMatchObject({ accountId: "shop:u1", name: "Grace" });
    for (const id of ["__proto__", "constructor", "toString"])
      expect(await outcomeOf(openForeign({ secret, claims: { id } }).verify(token))).toBe("UNAUTHENTICATED");
  });

  test.each([
    ["  Ada\n Lovelace\0 ", "Ada Lovelace"],
    ["x".repeat(200), "x".repeat(64)],
    [`${"x".repeat(63)}👩`, "x".repeat(63)],
    ["", "42"],
    [" \t ", "42"],
    ["\u200b\u2060", "42"],
    [undefined, "42"],
    [7, "42"],
    [{ first: "Ada" }, "42"],
  ])("makes of the name %j the nickname %j", async (name, nickname) => {
    const identity = await bySecret.verify(await sign(claims({ name })));
    expect(identity.name).toBe(nickname);
    expect(Nickname.parse(identity.name)).toBe(nickname);
  });
});

describe("logins", () => {
  const sidOf = async (changed: Record<string, unknown>) => (await bySecret.verify(await sign(claims(changed)))).sid;

  test("a login is known by sid, else by jti, else by the token itself", async () => {
    expect(await sidOf({ sid: "s", jti: "j" })).toBe("shop:s");
    expect(await sidOf({ jti: "j" })).toBe("shop:j");
    expect(await sidOf({ exp: now() + 100 })).toMatch(/^shop:[\w-]{43}$/);
    expect(await sidOf({ exp: now() + 100 })).not.toBe(await sidOf({ exp: now() + 101 }));
  });

  test("a sid of any length stays one login, in a few octets", async () => {
    const long = "s".repeat(5_000);
    expect(await sidOf({ sid: long })).toBe(await sidOf({ sid: long }));
    expect(await sidOf({ sid: long })).not.toBe(await sidOf({ sid: `${long}s` }));
    for (const sid of [long, "a\r\nb", "\ud800"]) expect(AccountId.parse(await sidOf({ sid }))).toMatch(/^shop:/);
  });
});

test("what is told of a refused token contains neither it nor the secret", async () => {
  const tokens = [
    await sign(claims({ aud: "x" })),
    await sign(claims({ exp: now() - 9 })),
    await sign(claims({ sub: 7 })),
  ];
  for (const token of tokens) {
    const error = await bySecret.verify(token).catch((thrown: unknown) => thrown);
    const told = inspect(error, { depth: 9 });
    expect(told).toContain("Refusal");
    for (const hidden of [token, token.split(".")[1]!, secret]) expect(told).not.toContain(hidden);
  }
});

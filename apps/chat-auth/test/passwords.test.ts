import { expect, test } from "vitest";
import { createPasswords } from "../src/passwords.ts";
import { createTurns } from "@parley/service";

const hashed: number[] = [];
const passwords = createPasswords(createTurns({ atOnceMax: 2, waitingMax: 100 }), (seconds) => hashed.push(seconds));

test("a password matches its own hash and no other does", async () => {
  const hash = await passwords.hash("correct horse");
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await passwords.matches("correct horse", hash)).toBe(true);
  expect(await passwords.matches("correct horsf", hash)).toBe(false);
});

test("the same password hashes differently each time", async () => {
  expect(await passwords.hash("correct horse")).not.toBe(await passwords.hash("correct horse"));
});

test("forms of one text that NFKC makes equal are one password (B-74)", async () => {
  const hash = await passwords.hash("Ångström ﬁ");
  expect(await passwords.matches("A\u030Angstro\u0308m fi", hash)).toBe(true);
});

test("a hash made with other costs is recognised by what it says of itself", async () => {
  // RFC 7914 §12: "pleaseletmein", "SodiumChloride", N 16384, r 8, p 1; the first 32 octets.
  const hash = Buffer.from("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2", "hex");
  const stored = `$scrypt$ln=14,r=8,p=1$${bare("SodiumChloride")}$${bare(hash)}`;
  expect(await passwords.matches("pleaseletmein", stored)).toBe(true);
});

test("without a stored hash the answer is no, after the same work", async () => {
  const before = hashed.length;
  expect(await passwords.matches("correct horse", undefined)).toBe(false);
  expect(hashed.length).toBe(before + 1);
});

test("a stored hash that cannot be read is a fault, not a wrong password", async () => {
  await expect(passwords.matches("correct horse", "$argon2id$v=19$x")).rejects.toThrow("not readable");
});

function bare(octets: string | Buffer): string {
  return Buffer.from(octets).toString("base64").replaceAll("=", "");
}

// Hashes passwords and recognises them: scrypt (RFC 7914) in Node's thread pool. It does not know whose they are.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Turns } from "@parley/service";

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

interface Cost {
  /** Base 2 logarithm of N. */
  ln: number;
  r: number;
  p: number;
}

/** 32 MiB and 50 to 80 ms. To raise it, change it here: each hash says with which cost it was made. */
const cost: Cost = { ln: 15, r: 8, p: 1 };
const saltOctets = 16;
const hashOctets = 32;

export interface Passwords {
  /** The hash with its cost and salt, as a PHC string: `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`. */
  hash(password: string): Promise<string>;
  /** Without a stored hash it does the same work and says no: an address that nobody has takes as long as any. */
  matches(password: string, stored: string | undefined): Promise<boolean>;
}

/** Both calls are refused with OVERLOADED when too many wait. @param onHashed is told how long each took, in seconds */
export function createPasswords(turns: Turns, onHashed: (seconds: number) => void): Passwords {
  const decoy = formatHash(cost, randomBytes(saltOctets), randomBytes(hashOctets));

  function hashInTurn(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
    return turns.run(async () => {
      const from = performance.now();
      const N = 2 ** ln;
      // The same password typed on two systems may differ in form only: NFKC makes them one (RFC 8265 §4.2).
      const hash = await derive(password.normalize("NFKC"), salt, hashOctets, { N, r, p, maxmem: 256 * N * r });
      onHashed((performance.now() - from) / 1000);
      return hash;
    });
  }

  return {
    async hash(password) {
      const salt = randomBytes(saltOctets);
      return formatHash(cost, salt, await hashInTurn(password, salt, cost));
    },
    async matches(password, stored) {
      const expected = parseHash(stored ?? decoy);
      return timingSafeEqual(await hashInTurn(password, expected.salt, expected.cost), expected.hash);
    },
  };
}

function formatHash({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${formatBase64(salt)}$${formatBase64(hash)}`;
}

function parseHash(text: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]{43})$/.exec(text);
  if (!match) throw new Error("a stored password hash is not readable");
  const [, ln, r, p, salt, hash] = match as unknown as [string, string, string, string, string, string];
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}

/** Without padding, as PHC strings have it. */
function formatBase64(octets: Buffer): string {
  return octets.toString("base64").replace(/=+$/, "");
}

// chat-auth over HTTP and what its tokens say (contracts §4).
import { z } from "zod";
import { codePoints } from "./content.ts";
import { AccountId, Nickname } from "./scalars.ts";

const utf8 = new TextEncoder();

/** Longest password, in octets of UTF-8 (a bound on hashing work). */
export const passwordOctetsMax = 1024;
export const passwordCharactersMin = 8;

const password = z.string().refine((text) => utf8.encode(text).length <= passwordOctetsMax && !text.includes("\0"));
/** One address, without quotes or spaces; compared case-folded. */
const email = z.email().max(254);

export const Signup = z.object({
  email,
  password: password.refine((text) => codePoints(text.normalize("NFKC")) >= passwordCharactersMin),
  nickname: Nickname,
});
export type Signup = z.infer<typeof Signup>;

export const Login = z.object({ email: z.string().max(254), password });
export type Login = z.infer<typeof Login>;

export const Account = z.object({ id: AccountId, email: z.string(), nickname: z.string() });
export type Account = z.infer<typeof Account>;

/** `expiresIn` in seconds. */
export const LoginAnswer = z.object({ accessToken: z.string(), expiresIn: z.int(), account: Account });
export type LoginAnswer = z.infer<typeof LoginAnswer>;

/** The claims of an access token; `exp` and `iat` in seconds since 1970. */
export const AccessClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: AccountId,
  sid: z.string().min(1).max(128),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
  name: z.string().max(256),
});
export type AccessClaims = z.infer<typeof AccessClaims>;

/** Who a verified access token speaks for. */
export interface Identity {
  accountId: string;
  name: string;
  /** The login it came from. */
  sid: string;
  /** When the token ends, in seconds since 1970. */
  expiresAt: number;
}

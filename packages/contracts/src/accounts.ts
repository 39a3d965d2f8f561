// chat-auth over HTTP and what its tokens say (contracts §4).
import { z } from "zod";
import { codePoints } from "./content.ts";
import { ListQuery } from "./rooms.ts";
import { AccountId, Nickname } from "./scalars.ts";

const utf8 = new TextEncoder();

/** Longest password, in octets of UTF-8 (a bound on hashing work). */
export const passwordOctetsMax = 1024;
export const passwordCharactersMin = 8;

/** Any Unicode but NUL and half a character, which no two systems write alike. */
const password = z
  .string()
  .regex(/^[^\0\p{Cs}]*$/u)
  .refine((text) => utf8.encode(text).length <= passwordOctetsMax);
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

/** `email`: null for guests. */
export const Account = z.object({ id: AccountId, email: z.string().nullable(), nickname: z.string() });
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

/** `POST /guest`. */
export const GuestSignup = z.object({ nickname: Nickname });

/** `PUT /me/password`. */
export const PasswordChange = z.object({ current: password, password: Signup.shape.password });

/** `DELETE /me`. `password`: needed unless the account has none, as that of a guest. */
export const AccountDeletion = z.object({ password: password.optional() });

/** `PATCH /me`. */
export const AccountEdit = z.object({ nickname: Nickname });

/** Somebody else's account, as screens show it. */
export const PublicAccount = z.object({ id: AccountId, nickname: z.string() });
export type PublicAccount = z.infer<typeof PublicAccount>;
/** `GET /accounts/{id}`; who was deleted is called `deletedAccountName`. */
export const PublicAccountAnswer = z.object({ account: PublicAccount });
export type PublicAccountAnswer = z.infer<typeof PublicAccountAnswer>;

/** `GET /accounts`: whose nickname begins with `query`, in any case. */
export const AccountsQuery = ListQuery.extend({ query: Nickname, cursor: z.string().max(512).optional() });
export const AccountsPage = z.object({ accounts: z.array(PublicAccount), nextCursor: z.string().nullable() });
export type AccountsPage = z.infer<typeof AccountsPage>;

/** `GET /methods`: how one may sign in here, for sign-in screens. `oidc`: names for `GET /oidc/{name}`. */
export const SignInMethods = z.object({ password: z.boolean(), guest: z.boolean(), oidc: z.array(z.string()) });
export type SignInMethods = z.infer<typeof SignInMethods>;

/** `POST /keys/rotate`. `revoke`: the old keys are worth nothing from now on, nor is what they have signed. */
export const KeyRotation = z.object({ revoke: z.boolean().default(false) });

/** `signsInSeconds`: until then the new key is only published. */
export const KeyRotationAnswer = z.object({ kid: z.string(), signsInSeconds: z.int().nonnegative() });
export type KeyRotationAnswer = z.infer<typeof KeyRotationAnswer>;

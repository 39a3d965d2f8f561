// Who is signed in: accounts and access tokens over /auth. A token lives in memory only; the refresh cookie is not ours
// to see. It knows no screens.
import type { Account, ErrorCode, LoginAnswer, SignInMethods } from "@parley/contracts";
import { ChatError, type ChatOptions } from "@parley/client";
import { callAuth } from "./auth-call.ts";
import { refreshAlone } from "./one-refresh.ts";
import { createTokenKeeper } from "./token-keeper.ts";

/** Set while somebody is signed in with this browser: without it, asking for a token would only be refused. */
const signedInKey = "parley.signed-in";
/** Set once somebody has signed in with this browser. */
const knownKey = "parley.known";
/** Whose tab this is: another tab may sign in as somebody else, and the cookie is one for all. */
const tabAccountKey = "parley.account";

/** chat-auth's own bounds (contracts §4), so that the browser says so first. */
export const passwordLengthMin = 8;
export const nicknameLengthMax = 64;

export interface Session {
  readonly account: Account;
  /** @throws ChatError UNAUTHENTICATED once the login has ended, or belongs to somebody else now */
  readonly getToken: ChatOptions["getToken"];
  signOut(): Promise<void>;
  /** Of every browser and device, this one too. */
  signOutEverywhere(): Promise<void>;
  /** Signs out everywhere else. @throws ChatError FORBIDDEN if `current` is wrong, INVALID for one that is easily guessed */
  changePassword(current: string, password: string): Promise<void>;
  /** @param password undefined for guests, who have none. @throws ChatError FORBIDDEN if it is wrong */
  deleteAccount(password: string | undefined): Promise<void>;
}

export interface Credentials {
  email: string;
  password: string;
}

export async function signIn(credentials: Credentials): Promise<Session> {
  return openSession(await callAuth<LoginAnswer>("login", { body: credentials }));
}

export async function signUp(account: Credentials & { nickname: string }): Promise<Session> {
  return openSession(await callAuth<LoginAnswer>("signup", { body: account }));
}

/** The account is theirs as long as they stay signed in. */
export async function signInAsGuest(nickname: string): Promise<Session> {
  return openSession(await callAuth<LoginAnswer>("guest", { body: { nickname } }));
}

/** How one may sign in here. */
export function readMethods(): Promise<SignInMethods> {
  return callAuth<SignInMethods>("methods", { method: "GET" });
}

/** Where a provider's account is asked for; it comes back to this page, see takeReturn. */
export function providerUrl(name: string): string {
  return `/auth/oidc/${name}?${new URLSearchParams({ return: location.pathname })}`;
}

/** Back from a provider, whose answer stands in the address: the code of a refusal, if it is one. */
export function takeReturn(): ErrorCode | undefined {
  const [, isSignedIn, code] = /^#(?:(signed-in)|sign-in-error=([A-Z_]+))$/.exec(location.hash) ?? [];
  if (isSignedIn !== undefined) localStorage.setItem(signedInKey, "yes");
  if (isSignedIn !== undefined || code !== undefined) history.replaceState(null, "", location.pathname);
  return code as ErrorCode | undefined;
}

/** Whether nobody has ever signed in with this browser: then an account is what is wanted first. */
export function isFirstVisit(): boolean {
  return localStorage.getItem(knownKey) === null;
}

/** The session of the cookie; undefined when nobody is signed in. @throws ChatError when that cannot be told now */
export async function restore(): Promise<Session | undefined> {
  if (localStorage.getItem(signedInKey) === null) return undefined;
  try {
    const answer = await refresh();
    const previous = sessionStorage.getItem(tabAccountKey);
    if (previous !== null && previous !== answer.account.id) throw new OtherAccount(answer);
    return openSession(answer);
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    localStorage.removeItem(signedInKey);
    return undefined;
  }
}

/** This browser is signed in as somebody else than this tab was. */
export class OtherAccount extends Error {
  readonly nickname: string;
  readonly goOn: () => Session;

  constructor(answer: LoginAnswer) {
    super("signed in as somebody else");
    this.nickname = answer.account.nickname;
    this.goOn = () => openSession(answer);
  }
}

/** Calls back when another tab of this browser signs out. */
export function onSignedOutElsewhere(callback: () => void): () => void {
  const listen = ({ key, newValue }: StorageEvent) => key === signedInKey && newValue === null && callback();
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}

function openSession(first: LoginAnswer): Session {
  const { account } = first;
  localStorage.setItem(signedInKey, "yes");
  localStorage.setItem(knownKey, "yes");
  sessionStorage.setItem(tabAccountKey, account.id);

  async function renew() {
    const answer = await refresh();
    if (answer.account.id !== account.id) throw new ChatError("UNAUTHENTICATED", "signed in as somebody else");
    return answer;
  }

  const getToken = createTokenKeeper({ first, renew });
  const token = () => getToken({ fresh: false });

  function forget() {
    localStorage.removeItem(signedInKey);
    sessionStorage.removeItem(tabAccountKey);
  }

  return {
    account,
    getToken,
    async signOut() {
      forget();
      await callAuth("logout");
    },
    async signOutEverywhere() {
      await callAuth("logout-all", { token: await token() });
      forget();
    },
    async changePassword(current, password) {
      // It is answered with another refresh cookie.
      const change = { method: "PUT", body: { current, password }, token: await token(), outlivesPage: true } as const;
      await refreshAlone(() => callAuth("me/password", change));
    },
    async deleteAccount(password) {
      const body = password === undefined ? {} : { password };
      await callAuth("me", { method: "DELETE", body, token: await token() });
      forget();
    },
  };
}

function refresh(): Promise<LoginAnswer> {
  return refreshAlone(() => callAuth<LoginAnswer>("refresh", { outlivesPage: true }));
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ChatError && (error.code === "UNAUTHENTICATED" || error.code === "TOKEN_EXPIRED");
}

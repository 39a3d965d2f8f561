// Who is signed in: accounts and access tokens over /auth. A token lives in memory only; the refresh cookie is not ours
// to see. It knows no screens.
import type { Account, ErrorCode, LoginAnswer } from "@parley/contracts";
import { ChatError } from "@parley/client";
import { createTokenKeeper } from "./token-keeper.ts";

/** Set while somebody is signed in with this browser: without it, asking for a token would only be refused. */
const signedInKey = "parley.signed-in";
/** Set once somebody has signed in with this browser. */
const knownKey = "parley.known";
/** Whose tab this is: another tab may sign in as somebody else, and the cookie is one for all. */
const tabAccountKey = "parley.account";
const refreshLock = "parley.refresh";

export interface Session {
  readonly account: Account;
  /** @throws ChatError UNAUTHENTICATED once the login has ended, or belongs to somebody else now */
  getToken(): Promise<string>;
  signOut(): Promise<void>;
}

export interface Credentials {
  email: string;
  password: string;
}

export async function signIn(credentials: Credentials): Promise<Session> {
  return openSession(await post<LoginAnswer>("login", credentials));
}

export async function signUp(account: Credentials & { nickname: string }): Promise<Session> {
  return openSession(await post<LoginAnswer>("signup", account));
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

  return {
    account,
    getToken: createTokenKeeper({ first, renew }),
    async signOut() {
      localStorage.removeItem(signedInKey);
      sessionStorage.removeItem(tabAccountKey);
      await post("logout", {});
    },
  };
}

/** One tab at a time: a refresh token that is used twice ends its login. */
function refresh(): Promise<LoginAnswer> {
  const ask = () => post<LoginAnswer>("refresh", {});
  return "locks" in navigator ? navigator.locks.request(refreshLock, ask) : ask();
}

/** The browser adds the refresh cookie, which is all that these calls need. */
async function post<T>(call: string, body: object): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`/auth/${call}`, { method: "POST", headers, body: JSON.stringify(body) }).catch(
    (error: unknown) => {
      throw new ChatError("UNAVAILABLE", String(error));
    },
  );
  const answer = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { code, message } = (answer as { error?: { code: ErrorCode; message: string } } | undefined)?.error ?? {};
  throw new ChatError(code ?? "UNAVAILABLE", message ?? `HTTP ${response.status}`);
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ChatError && (error.code === "UNAUTHENTICATED" || error.code === "TOKEN_EXPIRED");
}

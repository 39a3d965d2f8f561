// Opens logins: of new accounts and of old ones. It does not know by what somebody was recognised.
import { Refusal, type Account } from "@parley/contracts";
import { addressKey } from "@parley/service";
import type { SignedIn } from "./login-answer.ts";
import type { Parts } from "./parts.ts";
import { hashRefreshToken, makeRefreshToken } from "./refresh-token.ts";
import { createAccount, lockAccount, type NewAccount, type SignIn } from "./store/accounts.ts";
import { noteChange } from "./store/account-changes.ts";
import { record } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { rememberAddress } from "./store/login-addresses.ts";
import { openLogin } from "./store/logins.ts";

type Needed = Pick<Parts, "db" | "loginSeconds" | "metrics">;

/** Makes an account and its first login. @throws Refusal CONFLICT when the address is taken */
export async function signUp(parts: Needed, made: NewAccount, address: string): Promise<SignedIn> {
  const signedIn = await parts.db.transaction(async (tx) => {
    const account = await createAccount(tx, made);
    if (!account) throw new Refusal("CONFLICT", "the address is taken");
    const login = await openLoginOf(tx, parts, account, address);
    await noteChange(tx, account.id);
    const who = { actor: account.id, target: account.id, address };
    await record(tx, { ...who, action: "account.created" }, { ...who, action: "login.accepted" });
    return login;
  });
  parts.metrics.signedUp();
  return signedIn;
}

/**
 * Opens a login of an account, unless it has been deleted or disabled, or is not any more what it was recognised by.
 * @throws Refusal UNAUTHENTICATED, FORBIDDEN for one that is disabled
 */
export async function signIn(
  { db, loginSeconds }: Pick<Parts, "db" | "loginSeconds">,
  accountId: string,
  address: string,
  isSame: (account: Account & SignIn) => boolean = () => true,
): Promise<SignedIn> {
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, accountId, "share");
    if (!account || !isSame(account)) throw new Refusal("UNAUTHENTICATED", "the account has changed meanwhile");
    if (account.disabledAt) throw new Refusal("FORBIDDEN", "the account is disabled");
    const login = await openLoginOf(tx, { loginSeconds }, account, address);
    await record(tx, { action: "login.accepted", actor: accountId, target: accountId, address });
    return login;
  });
}

/** In a transaction that keeps the account from being deleted or disabled. */
export async function openLoginOf(
  tx: Database,
  { loginSeconds }: Pick<Parts, "loginSeconds">,
  { id, email, nickname }: Account,
  address: string,
): Promise<SignedIn> {
  const refreshToken = makeRefreshToken();
  const opened = { accountId: id, tokenHash: hashRefreshToken(refreshToken), lifetimeSeconds: loginSeconds };
  const sid = await openLogin(tx, opened);
  await rememberAddress(tx, id, addressKey(address));
  return { account: { id, email, nickname }, sid, refreshToken };
}

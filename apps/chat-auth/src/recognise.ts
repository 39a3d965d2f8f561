// Makes sure that who holds an access token also knows the password, before what cannot be undone.
import { Refusal, type Account, type Identity } from "@parley/contracts";
import { addressKey } from "@parley/service";
import type { Parts } from "./parts.ts";
import { findAccountOfLogin, type SignIn } from "./store/accounts.ts";
import { knowsAddress } from "./store/login-addresses.ts";

/**
 * @param password undefined where none was shown
 * @throws Refusal FORBIDDEN for a wrong one, RATE_LIMITED after too many, UNAUTHENTICATED when the login has ended
 */
export async function recognise(
  { db, passwords, limits }: Pick<Parts, "db" | "passwords" | "limits">,
  { sid }: Identity,
  { password, address }: { password: string | undefined; address: string },
): Promise<Account & SignIn> {
  const account = await findAccountOfLogin(db, sid);
  if (!account) throw new Refusal("UNAUTHENTICATED", "the login has ended");
  const { id, email, passwordHash } = account;
  if (passwordHash === null) return account;
  if (password === undefined) throw new Refusal("FORBIDDEN", "no password");
  const isKnownAddress = await knowsAddress(db, id, addressKey(address));
  const attempt = { address, account: email ?? id, isKnownAddress };
  const matches = await limits.attempt(attempt, () => passwords.matches(password, passwordHash));
  if (!matches) throw new Refusal("FORBIDDEN", "wrong password");
  return account;
}

// Makes sure that who holds an access token also knows the password, before what cannot be undone.
import { Refusal, type Account, type Identity } from "@parley/contracts";
import type { Parts } from "./parts.ts";
import { findAccountOfLogin, type SignIn } from "./store/accounts.ts";

/**
 * @param password undefined where none was shown
 * @throws Refusal FORBIDDEN for a wrong one, UNAUTHENTICATED when the login has ended
 */
export async function recognise(
  { db, passwords }: Pick<Parts, "db" | "passwords">,
  { sid }: Identity,
  password: string | undefined,
): Promise<Account & SignIn> {
  const account = await findAccountOfLogin(db, sid);
  if (!account) throw new Refusal("UNAUTHENTICATED", "the login has ended");
  if (account.passwordHash === null) return account;
  if (password === undefined || !(await passwords.matches(password, account.passwordHash)))
    throw new Refusal("FORBIDDEN", "wrong password");
  return account;
}

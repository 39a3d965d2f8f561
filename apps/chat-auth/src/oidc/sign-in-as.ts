// Finds or makes the account of somebody whom a provider knows, and opens a login. It does not speak to providers.
import { cutNickname, Refusal, Signup, type Account } from "@parley/contracts";
import type { SignedIn } from "../login-answer.ts";
import type { Parts } from "../parts.ts";
import { openLoginOf } from "../sign-in.ts";
import { noteChange } from "../store/account-changes.ts";
import { createAccount, findAccountByEmail, lockAccount } from "../store/accounts.ts";
import { record, type AuditEntry } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { claimEmail, findByIdentity, isEmailVerified, linkIdentity } from "../store/identities.ts";
import { endLogins, type Ended } from "../store/revocations.ts";
import type { Person } from "./provider-client.ts";

type Needed = Pick<Parts, "db" | "loginSeconds" | "metrics" | "announcer" | "limits">;

/** What became of an account on the way. */
interface Found {
  accountId: string;
  actions: AuditEntry["action"][];
  /** Logins of whoever had the account before its address was known to be theirs. */
  ended?: Ended;
}

/**
 * By what the provider calls the person; else by an address that the provider has verified; else a new account.
 * @param fallbackName for who has no name there
 * @throws Refusal CONFLICT if the address is another account's and the provider has not verified it; FORBIDDEN for an
 *   account that is disabled; RATE_LIMITED for a new one
 */
export async function signInAs(
  parts: Needed,
  person: Person,
  fallbackName: string,
  address: string,
): Promise<SignedIn> {
  const [found, signedIn] = await parts.db.transaction(async (tx) => {
    const one = await find(tx, person, fallbackName, () => parts.limits.signUp(address));
    return [one, await open(tx, parts, one, address, person.issuer)] as const;
  });
  if (found.ended) parts.announcer.announce("linked", found.ended);
  if (found.actions.includes("account.created")) parts.metrics.signedUp();
  parts.metrics.loggedIn("accepted");
  return signedIn;
}

async function open(
  tx: Database,
  parts: Needed,
  { accountId, actions }: Found,
  address: string,
  issuer: string,
): Promise<SignedIn> {
  const account = await lockAccount(tx, accountId, "share");
  if (!account) throw new Refusal("UNAUTHENTICATED", "the account has been deleted meanwhile");
  if (account.disabledAt) throw new Refusal("FORBIDDEN", "the account is disabled");
  const signedIn = await openLoginOf(tx, parts, account, address);
  if (actions.includes("account.created")) await noteChange(tx, accountId);
  const who = { actor: accountId, target: accountId, address, detail: issuer };
  await record(tx, ...[...actions, "login.accepted" as const].map((action) => ({ ...who, action })));
  return signedIn;
}

/** @param admit refuses a new account, if it must */
async function find(tx: Database, person: Person, fallbackName: string, admit: () => Promise<void>): Promise<Found> {
  const accountId = await findByIdentity(tx, person);
  if (accountId !== undefined) return { accountId, actions: [] };
  const email = Signup.shape.email.safeParse(person.email).data;
  const linked = await link(tx, person, email);
  if (linked) return linked;
  await admit();
  return make(tx, person, email, fallbackName);
}

/** The account that has the address, if any: with it comes the person's. */
async function link(tx: Database, person: Person, email: string | undefined): Promise<Found | undefined> {
  const known = email === undefined ? undefined : await findAccountByEmail(tx, email);
  if (!known) return undefined;
  if (!person.isEmailVerified)
    throw new Refusal("CONFLICT", "the address is taken, and the provider has not verified it");
  const account = await lockAccount(tx, known.id, "no key update");
  if (account?.email !== known.email) return undefined;
  await linkIdentity(tx, account.id, person);
  const ended = await claim(tx, account);
  return { accountId: account.id, actions: ["account.linked"], ...(ended && { ended }) };
}

/**
 * Whoever signed up with an address without owning it must not share the account with its owner, who comes now (pre-hijacked
 * accounts, Sudhodanan and Paverd 2022): neither by the password nor by logins that are open.
 */
async function claim(tx: Database, { id }: Account): Promise<Ended | undefined> {
  if (await isEmailVerified(tx, id)) return undefined;
  await claimEmail(tx, id);
  return endLogins(tx, id);
}

/** An address that the provider has not verified is not kept: it may be somebody else's. */
async function make(tx: Database, person: Person, email: string | undefined, fallbackName: string): Promise<Found> {
  const nickname = cutNickname(person.name ?? "") ?? fallbackName;
  const verified = person.isEmailVerified && email !== undefined ? { email, isEmailVerified: true } : {};
  const account = await createAccount(tx, { nickname, isGuest: false, ...verified });
  if (!account) return (await link(tx, person, email)) ?? refuseRace();
  await linkIdentity(tx, account.id, person);
  return { accountId: account.id, actions: ["account.created"] };
}

function refuseRace(): never {
  throw new Refusal("UNAVAILABLE", "the address is changing hands: try again");
}

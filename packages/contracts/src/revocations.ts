// What chat-auth tells the other services: logins that have ended, names, deletions (contracts §4, internal).
import { z } from "zod";
import { AccountId, Seq } from "./scalars.ts";

/** Query of the internal pages: behind which `seq`. */
export const OutboxQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .default(0),
});

/** How much one internal page holds at most. */
export const outboxPageMax = 1_000;

/** Tokens of this login (`sid`) are worth nothing; after `relevantMs` they have all expired by themselves. */
export const Revocation = z.object({
  seq: Seq,
  accountId: AccountId,
  sid: z.string(),
  relevantMs: z.int().nonnegative(),
});
export type Revocation = z.infer<typeof Revocation>;

/** `GET /internal/revocations?after=`: by `seq`, without holes; `position` is the latest there is. */
export const RevocationsPage = z.object({ revocations: z.array(Revocation), position: Seq });
export type RevocationsPage = z.infer<typeof RevocationsPage>;

/** What an account is called now; null: it was deleted. `version` counts the account's changes. */
export const AccountChange = z.object({
  seq: Seq,
  accountId: AccountId,
  name: z.string().nullable(),
  version: Seq,
});
export type AccountChange = z.infer<typeof AccountChange>;

/** `GET /internal/accounts/changes?after=`: of each account its latest state, by `seq`. */
export const AccountChangesPage = z.object({ changes: z.array(AccountChange), position: Seq });
export type AccountChangesPage = z.infer<typeof AccountChangesPage>;

/** What stands in place of the name of an account that was deleted. */
export const deletedAccountName = "deleted account";

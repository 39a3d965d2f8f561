// From where accounts have signed in lately: whoever comes from there is most likely the owner.
import { and, eq, gt } from "drizzle-orm";
import { now, secondsAgo } from "./clock.ts";
import type { Database } from "./database.ts";
import { loginAddress } from "./schema.ts";

/** How long an address is known. */
export const knownSeconds = 30 * 86_400;

/** @param address as `addressKey` has it */
export async function rememberAddress(tx: Database, accountId: string, address: string): Promise<void> {
  await tx
    .insert(loginAddress)
    .values({ accountId, address })
    .onConflictDoUpdate({ target: [loginAddress.accountId, loginAddress.address], set: { seenAt: now } });
}

/** Asks the same of an account that there is not, which takes as long. */
export async function knowsAddress(db: Database, accountId: string, address: string): Promise<boolean> {
  const rows = await db
    .select({ seenAt: loginAddress.seenAt })
    .from(loginAddress)
    .where(
      and(
        eq(loginAddress.accountId, accountId),
        eq(loginAddress.address, address),
        gt(loginAddress.seenAt, secondsAgo(knownSeconds)),
      ),
    );
  return rows.length > 0;
}

// The keys that sign access tokens: made by the first process that starts, found by all others.
import { generateSigningKey, type SigningKey } from "@parley/tokens";
import { desc, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { signingKey } from "./schema.ts";

/** All keys, the newest first; never none. Processes that start together agree: one makes it, the others wait. */
export async function loadSigningKeys(db: Database): Promise<[SigningKey, ...SigningKey[]]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`LOCK TABLE ${signingKey} IN SHARE ROW EXCLUSIVE MODE`);
    const [newest, ...others] = await tx
      .select({ kid: signingKey.kid, privateJwk: signingKey.privateJwk })
      .from(signingKey)
      .orderBy(desc(signingKey.createdAt), signingKey.kid);
    if (newest) return [newest, ...others];
    const made = await generateSigningKey();
    await tx.insert(signingKey).values(made);
    return [made];
  });
}

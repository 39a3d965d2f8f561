// The numbers by which others follow what changes here (guarantee P-9). It does not know what is numbered.
import { eq, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { counter } from "./schema.ts";

/**
 * In one transaction they are taken in this order, behind all other locks, so that none waits for another in a circle.
 */
export type Counter = "revocation" | "account-change" | "audit";

/** Takes the next `count` numbers and tells the last; nobody else takes any before this transaction has ended. */
export async function takeNumbers(tx: Database, name: Counter, count: number): Promise<number> {
  const [row] = await tx
    .update(counter)
    .set({ value: sql`${counter.value} + ${count}` })
    .where(eq(counter.name, name))
    .returning({ value: counter.value });
  return row!.value;
}

/** The latest number that was given: all up to it can be read. */
export async function readPosition(db: Database, name: Counter): Promise<number> {
  const [row] = await db.select({ value: counter.value }).from(counter).where(eq(counter.name, name));
  return row!.value;
}

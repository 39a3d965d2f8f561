// Ends logins for good, then tells everybody: never of what is not committed. It does not know which, nor why.
import type { EndingChange } from "./announcer.ts";
import type { Parts } from "./parts.ts";
import type { Database } from "./store/database.ts";
import type { Ended } from "./store/revocations.ts";

/** @param work what happens in the one transaction; it tells what it has ended */
export async function endAndTell(
  { db, announcer }: Pick<Parts, "db" | "announcer">,
  change: EndingChange,
  work: (tx: Database) => Promise<Ended>,
): Promise<void> {
  announcer.announce(change, await db.transaction(work));
}

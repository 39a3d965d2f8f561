// What Redis and its connection say when they refuse, in the words of the port. It must not know which call it was.
import { BusFault } from "./bus.ts";

/** Our script's word for a log at its limit, and Redis' for full memory and for a full or broken disk. */
const full = /^(FULL|OOM|MISCONF)\b/;

/** What a node of a Cluster says of a slot that it has not, not wholly, or must not serve now, also within a script. */
const elsewhere = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|READONLY|MASTERDOWN)\b|Script attempted to/;

/** Keeps the text only: ioredis hangs the arguments of the command, which are payloads, on its errors. */
export function busFault(error: unknown): BusFault {
  if (error instanceof BusFault) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new BusFault(full.test(text) ? "BACKLOG_FULL" : "UNREACHABLE", text);
}

/** As busFault, for a command that left: unless Redis answered, it may have been carried out. */
export function busFaultOfSent(error: unknown): BusFault {
  const fault = busFault(error);
  return error instanceof Error && error.name === "ReplyError" ? fault : new BusFault("IN_DOUBT", fault.message);
}

/** Whether the user we log in as may not do this, or the server does not know it (managed ones hide CONFIG). */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && /^(NOPERM|ERR unknown (sub)?command)/i.test(error.message);
}

/** Whether a node of a Cluster refused because of the slot: nothing was done. */
export function isElsewhere(error: unknown): boolean {
  return error instanceof Error && elsewhere.test(error.message);
}

/** Whether Redis holds something else under the name of a log. */
export function isWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("WRONGTYPE");
}

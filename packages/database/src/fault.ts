// Tells a database that is away from a fault of ours. It must not let SQL or its parameters out.
import { Refusal } from "@parley/contracts";
import { DrizzleQueryError } from "drizzle-orm";

/** What Node says when the way to the server is broken. */
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT", // a socket file that is gone
]);

/**
 * SQLSTATE classes (PostgreSQL, appendix A) of a server that cannot serve now: connection lost, rolled back for
 * another transaction, no resources left, cancelled or shutting down; 25006 is a server that has become a standby,
 * 55000 a database closed to connections, 55P03 a lock that was not free in time.
 */
const unavailableState = /^(?:08|40|53|57)...$|^(?:25006|55000|55P03)$/;

/** pg gives no code to these. */
const unavailableText =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed and is not queryable)/;

/**
 * A fault of a database call in a form that may be logged and answered: Refusal UNAVAILABLE when PostgreSQL cannot be
 * reached or cannot serve now, else the driver's own error without the statement and parameters that drizzle adds.
 * Anything else comes back as it is.
 */
export function databaseFault(error: unknown): unknown {
  const fault = error instanceof DrizzleQueryError ? error.cause : error;
  if (!(fault instanceof Error) || !isUnavailable(fault)) return fault;
  const refusal = new Refusal("UNAVAILABLE", `PostgreSQL: ${fault.message || codeOf(fault)}`);
  refusal.cause = fault;
  return refusal;
}

function isUnavailable(fault: Error): boolean {
  const code = codeOf(fault);
  if (code === undefined) return unavailableText.test(fault.message);
  return networkCodes.has(code) || unavailableState.test(code);
}

/** Node's code or the SQLSTATE. */
export function codeOf(fault: Error): string | undefined {
  return "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
}

// Faults of PostgreSQL that whoever starts a service has to mend, in words for them. It must not let user or password out.
import { Refusal } from "@parley/contracts";
import { databaseUrl as variable, serverStartFault } from "@parley/service";
import { codeOf, databaseFault } from "./fault.ts";
import { ServerFault } from "./server.ts";

/** SQLSTATE classes of a server that does not know the user, the password (28) or the database (3D). */
const refusedState = /^(?:28|3D)...$/;

/** A StartFault if there is one for it; anything else comes back as it is. */
export function databaseStartFault(error: unknown, databaseUrl: string): unknown {
  const { name } = variable;
  if (error instanceof ServerFault) return serverStartFault("CONFIG", name, databaseUrl, error.message);
  const fault = databaseFault(error);
  const isAway = fault instanceof Refusal;
  const cause = isAway ? fault.cause : fault;
  // PostgreSQL's own words may name the user.
  const reason = cause instanceof Error ? (codeOf(cause) ?? cause.message) : "";
  if (!isAway && !refusedState.test(reason)) return error;
  const sentence = `PostgreSQL cannot be used (${reason}); is ${name} right?`;
  return serverStartFault(isAway ? "UNAVAILABLE" : "CONFIG", name, databaseUrl, sentence);
}

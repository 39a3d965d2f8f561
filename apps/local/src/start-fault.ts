// Why a start failed, in one sentence for whoever typed the command.
import { Refusal } from "@parley/contracts";
import { databaseFault } from "@parley/database";

/** A cause that is theirs to mend; its message is the sentence. */
export class StartFault extends Error {
  override readonly name = "StartFault";
}

/** Faults of other packages whose message is such a sentence already. */
const plain = new Set(["StartFault", "ConfigFault", "ServerFault", "EmbeddedFault"]);

/** A sentence where there is one; the whole fault where it is ours. */
export function explain(error: unknown, port: number): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") return `Port ${port} is taken; set PORT to another one.`;
  if (plain.has(error.name)) return error.message;
  // SQLSTATE 28: a wrong password or user; 3D: no such database.
  const isDatabase = databaseFault(error) instanceof Refusal || /^(28|3D)...$/.test(code);
  return isDatabase ? `PostgreSQL cannot be used (${error.message || code}); is DATABASE_URL right?` : error;
}

// Why a start failed, in one sentence for whoever typed the command.
import { EmbeddedFault } from "@parley/embedded";
import { StartFault } from "@parley/service";

/** A sentence where there is one; the whole fault where it is ours. */
export function explain(error: unknown, port: number): unknown {
  if (!(error instanceof Error)) return error;
  if ("code" in error && error.code === "EADDRINUSE") return `Port ${port} is taken; set PORT to another one.`;
  return error instanceof StartFault || error instanceof EmbeddedFault ? error.message : error;
}

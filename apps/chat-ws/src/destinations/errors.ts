// SUBSCRIBE /user/queue/errors: refusals that do not end the connection are told here (broker.ts does the telling).
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";

export function createErrors(): Destination<Principal> {
  return { subscribe() {} };
}

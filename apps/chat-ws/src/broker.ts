// The chat, plugged into the STOMP engine: who may connect, which destinations there are, how refusals are told.
import { Refusal, type Identity } from "@parley/contracts";
import { Bucket, parseBearer, type Verify } from "@parley/service";
import type { Broker, Destination, Frame } from "@parley/stomp";
import { InDoubt } from "./in-doubt.ts";
import type { GatewayMetrics } from "./metrics.ts";
import { tellRejected } from "./rejections.ts";

/** Who a connection speaks for, and what it left unanswered. */
export interface Principal {
  identity: Identity;
  inDoubt: InDoubt;
  /** The replays that it asked for, one after the other. */
  replaying?: Promise<unknown>;
  /** How often it may still be told to slow down, once it was. */
  patience?: Bucket;
}

/** Who is told RATE_LIMITED this often, and goes on, is sent away: 100 times in 10 s (B-57). */
const patiencePerSecond = 10;
const patienceBurst = 100;

interface Options {
  verify: Verify;
  find: (destination: string) => Destination<Principal> | undefined;
  metrics: GatewayMetrics;
}

export function createBroker({ verify, find, metrics }: Options): Broker<Principal> {
  return {
    async connect(headers) {
      const token = parseBearer(headers.get("Authorization")) ?? headers.get("passcode");
      if (!token) throw new Refusal("UNAUTHENTICATED", "CONNECT without a token");
      return { identity: await verify(token), inDoubt: new InDoubt() };
    },
    connectedHeaders: ({ identity }) => ({ "user-name": identity.accountId }),
    destination: find,
    faulted: (_session, refusal) => metrics.refused.inc({ code: refusal.code }),
    refused(session, refusal, frame) {
      if (frame.command !== "SEND" && frame.command !== "COMMIT") return false;
      if (refusal.code === "RATE_LIMITED" && isOutOfPatience(session.principal)) return false;
      const told = tellRejected(session, refusal, { receiptId: frame.headers.get("receipt") });
      if (told) metrics.refused.inc({ code: refusal.code });
      return told || isUnawaited(refusal, frame);
    },
  };
}

function isOutOfPatience(principal: Principal | undefined): boolean {
  if (principal === undefined) return true;
  const nowMs = performance.now();
  principal.patience ??= new Bucket(patiencePerSecond, patienceBurst, nowMs);
  return principal.patience.take(nowMs) > 0;
}

/** Nobody asked to hear of the outcome, and none is known: the message may still be stored. */
function isUnawaited(refusal: Refusal, frame: Frame): boolean {
  return refusal.code === "TIMEOUT" && !frame.headers.has("receipt");
}

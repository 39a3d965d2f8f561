// The chat, plugged into the STOMP engine: who may connect, which destinations there are, how refusals are told.
import { Refusal, type ErrorCode, type Identity } from "@parley/contracts";
import { Bucket, parseBearer, type Verify } from "@parley/service";
import type { Broker, Destination, Frame, Session } from "@parley/stomp";
import type { ConnectRates } from "./connect-rates.ts";
import { addressOf } from "./connection.ts";
import { InDoubt } from "./in-doubt.ts";
import type { Logins } from "./logins.ts";
import type { GatewayMetrics } from "./metrics.ts";
import { tellRejected } from "./rejections.ts";

/** Who a connection speaks for, and what it left unanswered. */
export interface Principal {
  accountId: string;
  inDoubt: InDoubt;
  /** The replays that it asked for, one after the other. */
  replaying?: Promise<unknown>;
  /** How often it may still be told to slow down or keep out, once it was. */
  patience?: Bucket;
}

/**
 * Who is told so often to slow down (B-57), or to keep out of rooms, each of which may cost a question, and goes on, is sent
 * away: 100 times in 10 s.
 */
const testing: ReadonlySet<ErrorCode> = new Set(["RATE_LIMITED", "FORBIDDEN"]);
const patiencePerSecond = 10;
const patienceBurst = 100;

interface Options {
  verify: Verify;
  /** @throws Refusal UNAUTHENTICATED if the login has ended */
  requireLogin: (identity: Identity) => void;
  connectRates: ConnectRates;
  logins: Logins;
  find: (destination: string) => Destination<Principal> | undefined;
  metrics: GatewayMetrics;
}

export function createBroker({
  verify,
  requireLogin,
  connectRates,
  logins,
  find,
  metrics,
}: Options): Broker<Principal> {
  async function admit(session: Session<Principal>, token: string): Promise<Identity> {
    const address = addressOf(session);
    await connectRates.takeAddress(address);
    const identity = await verify(token);
    await connectRates.takeAccount(identity.accountId);
    // It may have ended since it was verified. From here on it is found, if it ends.
    requireLogin(identity);
    logins.enter(session, identity);
    return identity;
  }

  return {
    async connect(headers, session) {
      const token = parseBearer(headers.get("Authorization")) ?? headers.get("passcode");
      if (!token) throw new Refusal("UNAUTHENTICATED", "CONNECT without a token");
      const { accountId } = await admit(session, token);
      return { accountId, inDoubt: new InDoubt() };
    },
    connectedHeaders: ({ accountId }) => ({ "user-name": accountId }),
    closed: (session) => logins.leave(session),
    destination: find,
    faulted: (_session, refusal) => metrics.refused.inc({ code: refusal.code }),
    refused(session, refusal, frame) {
      if (!staysOpen(refusal, frame)) return false;
      if (testing.has(refusal.code) && isOutOfPatience(session.principal)) return false;
      const subscription = frame.command === "SUBSCRIBE" ? frame.headers.get("id") : undefined;
      const told = tellRejected(session, refusal, { receiptId: frame.headers.get("receipt"), subscription });
      if (told) metrics.refused.inc({ code: refusal.code });
      return told || isUnawaited(refusal, frame);
    },
  };
}

/** A SUBSCRIBE that makes no sense ends the connection; one that is not allowed need not. */
function staysOpen({ code }: Refusal, { command }: Frame): boolean {
  return command === "SEND" || command === "COMMIT" || (command === "SUBSCRIBE" && code === "FORBIDDEN");
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

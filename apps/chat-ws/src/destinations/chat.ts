// SEND /app/chat: a message for a room. Checked first, then put into the log, from where it is shown and stored.
import { randomUUID } from "node:crypto";
import { BusFault } from "@parley/bus";
import { ChatMessageSend, parseContent, Refusal, type ChatMessagePubSub } from "@parley/contracts";
import type { Destination, Session } from "@parley/stomp";
import type { Access } from "../access.ts";
import type { Appends } from "../appends.ts";
import type { Principal } from "../broker.ts";
import { parseJsonBody } from "../json-body.ts";
import type { Logins } from "../logins.ts";
import type { GatewayMetrics } from "../metrics.ts";
import type { Receipts } from "../receipts.ts";
import type { SendRates } from "../send-rates.ts";

type Accepted = Omit<ChatMessagePubSub, "via">;

/** What a client is told to wait before it repeats a message that could not be taken. */
const retryAfterMs = 1_000;

export interface ChatOptions {
  access: Access;
  logins: Logins;
  appends: Appends;
  receipts: Receipts;
  rates: SendRates;
  contentCodePointsMax: number;
  metrics: GatewayMetrics;
  /** Monotonic, in milliseconds. */
  now: () => number;
}

/** A SEND that is fit to be taken. */
interface Fit {
  message: Accepted;
  /** The client can repeat it. */
  isOwnTempId: boolean;
  /** When it came. */
  sinceMs: number;
}

export function createChat(options: ChatOptions): Destination<Principal> {
  const { access, logins, appends, receipts, rates, metrics, now } = options;

  async function accept(session: Session<Principal>, { inDoubt }: Principal, { message, isOwnTempId, sinceMs }: Fit) {
    const { roomId, tempId } = message;
    const context = { roomId, tempId, retryAfterMs };
    const isBlocked = () => inDoubt.blocks(roomId, tempId) || session.state === "ended";
    if (isBlocked()) throw new Refusal("UNAVAILABLE", "an earlier message is in doubt", context);
    const { via, stored } = receipts.expect(message, sinceMs);
    appends.append(roomId, JSON.stringify({ ...message, via }), { owner: session, isBlocked }).then(
      () => {
        metrics.accepted.inc();
        inDoubt.settle(roomId, tempId);
      },
      (error: unknown) => {
        const fault = error instanceof BusFault ? error.code : undefined;
        const refusal = new Refusal(fault === "BACKLOG_FULL" ? "OVERLOADED" : "UNAVAILABLE", String(error), context);
        // The message may be in the log. A client that cannot repeat its tempId can only start over.
        if (fault === "IN_DOUBT" && !(isOwnTempId && inDoubt.add(roomId, tempId))) session.end(refusal);
        receipts.reject(via, refusal);
      },
    );
    return stored;
  }

  return {
    send(session, frame) {
      const { principal } = session;
      if (!principal) throw new Refusal("UNAUTHENTICATED", "not connected");
      const sinceMs = now();
      const { accountId, name } = logins.identityOf(session);
      const { roomId, content, sender, tempId } = parseJsonBody(frame, ChatMessageSend);
      const context = { roomId, tempId };
      const waitMs = rates.wait(accountId);
      if (waitMs > 0) throw new Refusal("RATE_LIMITED", "sends", { ...context, retryAfterMs: waitMs });
      if (sender !== undefined && sender !== accountId) throw new Refusal("FORBIDDEN", "false sender", context);
      const message: Accepted = {
        roomId,
        tempId: tempId ?? randomUUID(),
        sender: accountId,
        senderName: name,
        content: parseContent(content, { codePointsMax: options.contentCodePointsMax, context }),
      };
      // Counted when it takes effect: all messages of a transaction are checked before the first does.
      const effect = () => {
        rates.spend(accountId);
        return { settled: accept(session, principal, { message, isOwnTempId: tempId !== undefined, sinceMs }) };
      };
      const judged = access.require("write", { roomId, accountId }, context);
      return judged ? judged.then(() => effect) : effect;
    },
  };
}

// SEND /app/chat: a message for a room. Checked first, then put into the log, from where it is shown and stored.
import { randomUUID } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { BusFault } from "@parley/bus";
import { ChatMessageSend, parseContent, Refusal, type ChatMessagePubSub } from "@parley/contracts";
import type { Destination, Frame, Session } from "@parley/stomp";
import type { Appends } from "../appends.ts";
import type { Principal } from "../broker.ts";
import type { GatewayMetrics } from "../metrics.ts";
import type { Receipts } from "../receipts.ts";
import type { SendRates } from "../send-rates.ts";

type Accepted = Omit<ChatMessagePubSub, "via">;

/** What a client is told to wait before it repeats a message that could not be taken. */
const retryAfterMs = 1_000;

export interface ChatOptions {
  appends: Appends;
  receipts: Receipts;
  rates: SendRates;
  contentCodePointsMax: number;
  metrics: GatewayMetrics;
}

export function createChat(options: ChatOptions): Destination<Principal> {
  const { appends, receipts, rates, metrics } = options;

  async function accept(session: Session<Principal>, { inDoubt }: Principal, message: Accepted, isOwnTempId: boolean) {
    const { roomId, tempId } = message;
    const context = { roomId, tempId, retryAfterMs };
    const isBlocked = () => inDoubt.blocks(roomId, tempId) || session.state === "ended";
    if (isBlocked()) throw new Refusal("UNAVAILABLE", "an earlier message is in doubt", context);
    const { via, stored } = receipts.expect(message);
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
      const { roomId, content, sender, tempId } = parseBody(frame);
      const { accountId, name } = principal.identity;
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
      return () => {
        rates.spend(accountId);
        return { settled: accept(session, principal, message, tempId !== undefined) };
      };
    },
  };
}

function parseBody({ body }: Frame): ChatMessageSend {
  if (!isUtf8(body)) throw new Refusal("INVALID", "the body is not UTF-8");
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    throw new Refusal("INVALID", "the body is not JSON");
  }
  const parsed = ChatMessageSend.safeParse(json);
  if (!parsed.success) throw new Refusal("INVALID", `wrong ${parsed.error.issues[0]?.path.join(".")}`);
  return parsed.data;
}

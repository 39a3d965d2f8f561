// Takes in what older services publish on the plain `chat-message`: into the log, once, whoever of us hears it (contracts
// §2, guarantee P-20). It must not know how that is recorded. Nothing is promised of the order of such messages.
import { setTimeout as sleep } from "node:timers/promises";
import { BusFault, type Bus } from "@parley/bus";
import {
  adoptKeyOf,
  ForeignMessage,
  ownMessageEnd,
  parseContent,
  plainChannels,
  Refusal,
  type ChatMessagePubSub,
  type Partitioning,
} from "@parley/contracts";
import type { Log } from "@parley/service";
import { adoptedVia } from "./entries.ts";
import type { AdoptionMetrics } from "./metrics.ts";

export interface AdoptionOptions {
  bus: Bus;
  partitioning: Partitioning;
  contentCodePointsMax: number;
  /** The name that an account goes by, if it has written before. */
  nameOf: (accountId: string) => Promise<string | undefined>;
  log: Log;
  metrics: AdoptionMetrics;
}

/** How long a message is known not to be adopted again by somebody who hears it late, in milliseconds. */
const rememberMs = 600_000;
/** Messages that wait for Redis or PostgreSQL at most, and for how long, in milliseconds. */
const waitingMax = 10_000;
const waitMs = 30_000;
const retryMs = 250;
/** How often listening is tried again, in milliseconds: of a Cluster the node of the plain channel may be away. */
const listenMs = 1_000;

export interface Adoption {
  /** Resolves once it listens, or has tried once and goes on trying. */
  listens: Promise<void>;
  close(): void;
}

export function adoptForeign(options: AdoptionOptions): Adoption {
  const { bus, partitioning, nameOf, log, metrics } = options;
  let waiting = 0;

  async function adopt(message: ForeignMessage): Promise<"adopted" | "known"> {
    const { roomId, tempId, sender } = message;
    const senderName = message.senderName ?? (await nameOf(sender)) ?? sender;
    const entry: ChatMessagePubSub = {
      roomId,
      tempId,
      sender,
      senderName,
      content: message.content,
      via: adoptedVia(tempId),
    };
    const key = adoptKeyOf(roomId, sender, tempId, partitioning.all.length);
    const entryLog = { name: partitioning.of(roomId).log };
    return (await bus.appendOnce(entryLog, { key, rememberMs }, JSON.stringify(entry))) ? "adopted" : "known";
  }

  /** Repeats it while Redis or PostgreSQL is away: the key makes that safe, also when an answer was lost. */
  async function adoptInTime(message: ForeignMessage) {
    for (const deadlineMs = performance.now() + waitMs; ;) {
      try {
        return await adopt(message);
      } catch (error) {
        if (performance.now() < deadlineMs && isPassing(error)) await sleep(retryMs, undefined, { ref: false });
        else throw error;
      }
    }
  }

  async function take(payload: string) {
    const message = parse(payload, options);
    if (message === "ours") return;
    if (message === undefined) return metrics.foreign.inc({ outcome: "refused" });
    if (waiting >= waitingMax) return metrics.foreign.inc({ outcome: "lost" });
    waiting++;
    try {
      metrics.foreign.inc({ outcome: await adoptInTime(message) });
    } catch (error) {
      metrics.foreign.inc({ outcome: "lost" });
      log.error({ err: error }, "a foreign message was not adopted");
    } finally {
      waiting--;
    }
  }

  const hear = (payload: string) => {
    // With one partition our own come here too.
    if (!ownMessageEnd.test(payload)) void take(payload);
  };
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function listen() {
    try {
      await bus.subscribe(plainChannels.message, hear);
    } catch (error) {
      if (closed) return;
      log.warn({ err: error }, "messages of older services are not heard; trying again");
      timer = setTimeout(listen, listenMs);
    }
  }

  return {
    listens: listen(),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function isPassing(error: unknown): boolean {
  return error instanceof BusFault || (error instanceof Refusal && error.code === "UNAVAILABLE");
}

function parse(payload: string, { contentCodePointsMax }: AdoptionOptions): ForeignMessage | "ours" | undefined {
  try {
    const json: unknown = JSON.parse(payload);
    if (typeof json === "object" && json !== null && "via" in json) return "ours";
    const message = ForeignMessage.parse(json);
    return { ...message, content: parseContent(message.content, { codePointsMax: contentCodePointsMax }) };
  } catch {
    return undefined; // Not JSON, without a tempId, or content that nobody may send.
  }
}

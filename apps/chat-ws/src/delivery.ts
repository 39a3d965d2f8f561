// One message to many subscriptions: the body is serialised once, subscriptions whose frame would be byte for byte the
// same are a group that is given it once.
import { setTimeout as sleep } from "node:timers/promises";
import { formatTopic, Refusal, type ChatMessageReceive, type ChatTimestampReceive } from "@parley/contracts";
import { encodeMessageRest, joinMessage, type Message, type MessageRest, type Subscription } from "@parley/stomp";
import type { Principal } from "./broker.ts";
import { outletOf } from "./connection.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Audience } from "./room-outlets.ts";
import type { Group, Outlet } from "./turn.ts";
import { openOutletGroup } from "./websocket-wire.ts";

export type Listener = Subscription<Principal>;

interface Options {
  /** Others can be done without: a client that reads too slowly is given the whole message later. */
  isPreview: boolean;
  /** Confirmations have time: what they confirm was shown. */
  isPatient: boolean;
}

const contentType = "application/json";

/** A message in the making: what is the same for all, and the frame for each header line, made once. */
class Delivery {
  readonly message: Message;
  readonly options: Options;
  #rest: MessageRest | undefined;
  readonly #frames = new Map<string, Buffer>();

  constructor(messageId: string, message: ChatMessageReceive | ChatTimestampReceive) {
    this.message = { messageId, destination: formatTopic(message.roomId), contentType, body: JSON.stringify(message) };
    this.options = { isPreview: message.seq === null && !message.deleted, isPatient: !("content" in message) };
  }

  frame(headerLine: string): Buffer {
    const known = this.#frames.get(headerLine);
    if (known) return known;
    this.#rest ??= encodeMessageRest(this.message);
    const frame = joinMessage(headerLine, this.#rest);
    this.#frames.set(headerLine, frame);
    return frame;
  }

  /** False if it was left out. */
  give(subscription: Listener): boolean {
    const { session, ack, headerLine } = subscription;
    const { isPreview, isPatient } = this.options;
    if (isPreview && session.transport.isCongested === true) return false;
    if (ack === "auto") session.write(this.frame(headerLine), isPatient);
    else session.message(subscription, this.message);
    return true;
  }
}

/** How often a listener that is behind is looked at, in milliseconds. */
const readyMs = 10;

/**
 * Waits while a listener reads, or acknowledges, less than it was given. One that makes no room for so long is cut off.
 * @param ackWindowMax messages that may wait for ACK; half of them are left for what is live
 */
export async function untilReady(
  listener: Listener,
  { ackWindowMax, outboxMs }: { ackWindowMax: number; outboxMs: number },
): Promise<void> {
  const { session, unacknowledged } = listener;
  const isBehind = () => session.transport.isCongested === true || unacknowledged.size >= ackWindowMax / 2;
  for (const deadlineMs = performance.now() + outboxMs; isBehind() && listener.state !== "closed";) {
    if (performance.now() < deadlineMs) await sleep(readyMs);
    else session.end(new Refusal("SLOW_CONSUMER", "makes no room for what it lacks"));
  }
}

export function createAudiences(metrics: GatewayMetrics): () => Audience<Listener> {
  function count(given: number, leftOut: number) {
    metrics.delivered.inc(given);
    if (leftOut > 0) metrics.leftOut.inc(leftOut);
  }

  return () => {
    const groups = new Map<string, Group<Listener>>();
    /** Those who cannot share: they acknowledge, or their wire writes for itself. */
    const singles = new Set<Listener>();

    /** Where it shares frames with others, if it can. */
    function sharing({ session, ack, headerLine }: Listener): { outlet: Outlet; group: Group<Listener> } | undefined {
      const outlet = ack === "auto" ? outletOf(session) : undefined;
      if (!outlet) return undefined;
      const group = groups.get(headerLine) ?? openOutletGroup<Listener>();
      groups.set(headerLine, group);
      return { outlet, group };
    }

    function giveEach(delivery: Delivery, to: Iterable<Listener>): Listener[] {
      const leftOut: Listener[] = [];
      for (const subscription of to) if (!delivery.give(subscription)) leftOut.push(subscription);
      return leftOut;
    }

    return {
      join(listener) {
        const shared = sharing(listener);
        if (shared) shared.group.join(shared.outlet, listener);
        else singles.add(listener);
      },
      leave(listener) {
        singles.delete(listener);
        const shared = sharing(listener);
        if (!shared) return;
        shared.group.leave(shared.outlet);
        if (shared.group.size === 0) groups.delete(listener.headerLine);
      },
      deliver(messageId, message) {
        const delivery = new Delivery(messageId, message);
        const { isPatient, isPreview: mayLeaveOut } = delivery.options;
        const leftOut = giveEach(delivery, singles);
        let given = singles.size;
        for (const [headerLine, group] of groups) {
          leftOut.push(...group.add(delivery.frame(headerLine), { isPatient, mayLeaveOut }));
          given += group.size;
        }
        count(given - leftOut.length, leftOut.length);
        return leftOut;
      },
      deliverTo(listeners, messageId, message) {
        const leftOut = giveEach(new Delivery(messageId, message), listeners);
        count(listeners.length - leftOut.length, leftOut.length);
        return leftOut;
      },
    };
  };
}

// One message to many subscriptions: the body is serialised once, and subscriptions whose frame would be byte for
// byte the same share one buffer.
import { formatTopic, type ChatMessageReceive, type ChatTimestampReceive } from "@parley/contracts";
import { encodeMessageRest, joinMessage, type Subscription } from "@parley/stomp";
import type { Principal } from "./broker.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Deliver } from "./room.ts";

export type Listener = Subscription<Principal>;

const contentType = "application/json";

export function createDelivery(metrics: GatewayMetrics): Deliver<Listener> {
  return (to, messageId, message, mayLeaveOut = false) => {
    const body = JSON.stringify(message);
    const frames = createFrames(messageId, message, body);
    const leftOut: Listener[] = [];
    let delivered = 0;
    for (const subscription of to) {
      const { session } = subscription;
      if (mayLeaveOut && session.isCongested) {
        leftOut.push(subscription);
        continue;
      }
      delivered++;
      if (subscription.ack === "auto") session.write(frames(subscription.headerLine));
      else session.message(subscription, { messageId, destination: formatTopic(message.roomId), contentType, body });
    }
    metrics.delivered.inc(delivered);
    if (leftOut.length > 0) metrics.leftOut.inc(leftOut.length);
    return leftOut;
  };
}

/** The frame for each header line, made once. */
function createFrames(messageId: string, { roomId }: ChatMessageReceive | ChatTimestampReceive, body: string) {
  const rest = encodeMessageRest({ messageId, destination: formatTopic(roomId), contentType, body });
  const frames = new Map<string, Buffer>();
  let latest: { headerLine: string; frame: Buffer } | undefined;
  return (headerLine: string): Buffer => {
    if (latest?.headerLine === headerLine) return latest.frame;
    const frame = frames.get(headerLine) ?? joinMessage(headerLine, rest);
    frames.set(headerLine, frame);
    latest = { headerLine, frame };
    return frame;
  };
}

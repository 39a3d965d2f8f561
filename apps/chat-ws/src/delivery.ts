// One message to many subscriptions: the body is serialised once, and subscriptions whose frame would be byte for
// byte the same share one buffer.
import { formatTopic, type ChatMessageReceive, type ChatTimestampReceive } from "@parley/contracts";
import { encodeMessage, type Subscription } from "@parley/stomp";
import type { Principal } from "./broker.ts";
import type { GatewayMetrics } from "./metrics.ts";

export type Listener = Subscription<Principal>;

const contentType = "application/json";

export function createDelivery(metrics: GatewayMetrics) {
  return function deliver(
    to: Iterable<Listener>,
    messageId: string,
    message: ChatMessageReceive | ChatTimestampReceive,
  ): void {
    const body = JSON.stringify(message);
    const destination = formatTopic(message.roomId);
    const frames = new Map<string, Buffer>();
    let delivered = 0;
    for (const subscription of to) {
      delivered++;
      if (subscription.ack !== "auto") {
        subscription.session.message(subscription, { messageId, destination, contentType, body });
        continue;
      }
      let frame = frames.get(subscription.headerLine);
      if (!frame) {
        frame = encodeMessage({ headerLine: subscription.headerLine, messageId, destination, contentType, body });
        frames.set(subscription.headerLine, frame);
      }
      subscription.session.write(frame);
    }
    metrics.delivered.inc(delivered);
  };
}

// ACK and NACK: messages leave the window of their subscription. It must not know what destinations make of it.
import type { Effect } from "../broker.ts";
import type { Connection } from "../connection.ts";
import { Fault } from "../fault.ts";
import type { Frame } from "../frame.ts";
import { held, type Handled } from "./handled.ts";

export function acknowledge<P>(connection: Connection<P>, frame: Frame): Handled {
  const effect = checkAcknowledge(connection, frame);
  const transaction = frame.headers.get("transaction");
  if (transaction === undefined) return effect();
  connection.transactions.add(transaction, frame);
  return held;
}

/** NACK came with 1.1. What another frame of the transaction has acknowledged meanwhile is no fault. */
export function checkAcknowledge<P>(
  { acknowledgements, session, version = "1.0" }: Connection<P>,
  frame: Frame,
): Effect {
  if (version === "1.0" && frame.command === "NACK") throw new Fault("PROTOCOL", "NACK in 1.0");
  const { subscription, key } = acknowledgements.find(frame, version);
  return () => {
    const messageIds = subscription.acknowledge(key);
    if (messageIds.length === 0) return;
    subscription.handler.acknowledged?.(session, subscription, messageIds, frame.command === "ACK");
  };
}

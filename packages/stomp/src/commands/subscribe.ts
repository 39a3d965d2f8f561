// SUBSCRIBE: the subscription exists once its destination has accepted it. It must not know what destinations do.
import type { Outcome } from "../broker.ts";
import type { Connection } from "../connection.ts";
import { Fault } from "../fault.ts";
import { requiredHeader, type Frame } from "../frame.ts";
import { parseAckMode, Subscription } from "../subscription.ts";

export function subscribe<P>(connection: Connection<P>, frame: Frame): Outcome | Promise<Outcome> {
  const subscription = createSubscription(connection, frame);
  connection.subscriptions.add(subscription);
  try {
    const outcome = subscription.handler.subscribe?.(connection.session, subscription, frame.headers);
    if (outcome instanceof Promise) return openLater(connection, subscription, outcome);
    return open(connection, subscription, outcome);
  } catch (error) {
    connection.subscriptions.remove(subscription);
    throw error;
  }
}

function createSubscription<P>({ options, session, version = "1.0" }: Connection<P>, frame: Frame): Subscription<P> {
  const destination = requiredHeader(frame, "destination");
  const id = version === "1.0" ? frame.headers.get("id") : requiredHeader(frame, "id");
  const ack = parseAckMode(frame.headers.get("ack"));
  const handler = options.broker.destination(destination);
  if (handler?.subscribe === undefined) throw new Fault("FORBIDDEN", "SUBSCRIBE to a destination that takes none");
  return new Subscription({ id, destination, ack, session, handler, version });
}

async function openLater<P>(
  connection: Connection<P>,
  subscription: Subscription<P>,
  accepting: Promise<Outcome>,
): Promise<Outcome> {
  try {
    return open(connection, subscription, await accepting);
  } catch (error) {
    connection.subscriptions.remove(subscription);
    throw error;
  }
}

function open<P>({ subscriptions }: Connection<P>, subscription: Subscription<P>, outcome: Outcome): Outcome {
  subscriptions.open(subscription);
  if (outcome === undefined) return undefined;
  const settled = outcome.settled.catch((error: unknown) => {
    subscriptions.remove(subscription);
    throw error;
  });
  return { settled };
}

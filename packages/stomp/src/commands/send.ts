// SEND: checked, then done; in a transaction both at its COMMIT. It must not know what destinations do.
import type { Effect } from "../broker.ts";
import type { Connection } from "../connection.ts";
import { Fault } from "../fault.ts";
import { requiredHeader, type Frame } from "../frame.ts";
import { held, type Handled } from "./handled.ts";

export function send<P>(connection: Connection<P>, frame: Frame): Handled | Promise<Handled> {
  requiredHeader(frame, "destination");
  const transaction = frame.headers.get("transaction");
  if (transaction !== undefined) {
    connection.transactions.add(transaction, frame);
    return held;
  }
  const effect = checkSend(connection, frame);
  if (effect instanceof Promise) return effect.then((run) => (connection.state === "ended" ? held : run()));
  return effect();
}

/** Asks its destination, without any effect. */
export function checkSend<P>(connection: Connection<P>, frame: Frame): Effect | Promise<Effect> {
  const destination = connection.options.broker.destination(requiredHeader(frame, "destination"));
  if (destination?.send === undefined) throw new Fault("FORBIDDEN", "SEND to a destination that takes none");
  return destination.send(connection.session, frame);
}

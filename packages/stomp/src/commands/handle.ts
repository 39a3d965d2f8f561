// Which command may come when, and who handles it. It must not know what the handlers do.
import type { Connection } from "../connection.ts";
import { Fault } from "../fault.ts";
import type { Command, Frame } from "../frame.ts";
import { acknowledge } from "./acknowledge.ts";
import { connect } from "./connect.ts";
import { disconnect } from "./disconnect.ts";
import type { Handled } from "./handled.ts";
import { send } from "./send.ts";
import { subscribe } from "./subscribe.ts";
import { abort, begin, commit } from "./transaction.ts";
import { unsubscribe } from "./unsubscribe.ts";

type Handler = <P>(connection: Connection<P>, frame: Frame) => Handled | Promise<Handled>;

const handlers: Record<Command, Handler> = {
  CONNECT: connect,
  STOMP: connect,
  SEND: send,
  SUBSCRIBE: subscribe,
  UNSUBSCRIBE: unsubscribe,
  ACK: acknowledge,
  NACK: acknowledge,
  BEGIN: begin,
  COMMIT: commit,
  ABORT: abort,
  DISCONNECT: disconnect,
};

/** Later frames wait for the promise. CONNECT comes first, and once. */
export function handle<P>(connection: Connection<P>, frame: Frame): Handled | Promise<Handled> {
  const handler = handlers[frame.command];
  if ((handler === connect) !== (connection.state === "waiting")) {
    throw new Fault("PROTOCOL", `${frame.command} while ${connection.state}`);
  }
  return handler(connection, frame);
}

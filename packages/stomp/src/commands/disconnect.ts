// DISCONNECT: nothing is read behind it; its RECEIPT waits for all that is under way. It must not know what that is.
import type { Connection } from "../connection.ts";
import type { Frame } from "../frame.ts";
import { held } from "./handled.ts";

export function disconnect<P>(connection: Connection<P>, frame: Frame): typeof held {
  connection.sayFarewell(frame);
  return held;
}

// A way in: what the gateway asks of WebSockets, of SockJS, and of the test door.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Asks for one more connection of this request's address. @throws Refusal; answers what to call when it has gone */
type Admit = (request: IncomingMessage) => () => void;

export interface Door {
  /** Whether pages of any origin may use it. */
  anyOrigin?: boolean;
  /** Whether it has WebSockets at this path. */
  takesUpgrade(path: string): boolean;
  /** The connection was admitted and its origin is allowed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Whether plain requests to this path are for it. */
  takes?(path: string): boolean;
  /** Answers a request whose body nobody has read. False if it is none of its paths. @throws Refusal of `admit` */
  serve?(request: IncomingMessage, response: ServerResponse, admit: Admit): boolean;
}

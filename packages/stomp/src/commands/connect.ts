// CONNECT and STOMP: who is there, and how we speak. It must not know how accounts are proved.
import type { Connection } from "../connection.ts";
import { encodeFrame } from "../encode.ts";
import type { Frame } from "../frame.ts";
import { negotiateVersion } from "../version.ts";
import type { Handled } from "./handled.ts";

export function connect<P>(connection: Connection<P>, { headers }: Frame): Handled | Promise<Handled> {
  connection.state = "connecting";
  connection.version = negotiateVersion(headers.get("accept-version"));
  connection.heartBeat.agree(headers.get("heart-beat"));
  const principal = connection.options.broker.connect(headers, connection.session);
  if (principal instanceof Promise) return principal.then((known: P) => welcome(connection, known));
  return welcome(connection, principal);
}

function welcome<P>(connection: Connection<P>, principal: P): void {
  connection.identify(principal);
  // It may have been ended while it was being judged.
  if (connection.state !== "connecting") return;
  const { broker, server, sessionId } = connection.options;
  const version = connection.version ?? "1.0";
  const headers = {
    version,
    "heart-beat": connection.heartBeat.header,
    session: sessionId,
    server,
    ...broker.connectedHeaders?.(principal),
  };
  connection.decoder.speak(version);
  connection.state = "connected";
  // CONNECTED is not escaped, for the sake of 1.0 (STOMP 1.2 §Value Encoding).
  connection.write(encodeFrame("CONNECTED", Object.entries(headers), "", "1.0"));
}

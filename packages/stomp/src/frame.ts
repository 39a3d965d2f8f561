// A STOMP frame and the commands of clients. It must not know octets or sessions.
import { Fault } from "./fault.ts";

const commands = [
  "CONNECT",
  "STOMP",
  "SEND",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "ACK",
  "NACK",
  "BEGIN",
  "COMMIT",
  "ABORT",
  "DISCONNECT",
] as const;

export type Command = (typeof commands)[number];

/** A frame of a client. Its body must not be changed: it may share memory with other frames. */
export interface Frame {
  command: Command;
  /** Decoded; of a repeated header the first (STOMP 1.2 §Repeated Header Entries). */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

const known: ReadonlySet<string> = new Set(commands);

/** Commands are case sensitive. */
export function isCommand(text: string): text is Command {
  return known.has(text);
}

/** Whether more octets could make a command of it. */
export function beginsCommand(text: string): boolean {
  return commands.some((command) => command.startsWith(text));
}

/** @throws Fault PROTOCOL if the frame lacks the header */
export function requiredHeader(frame: Frame, name: string): string {
  const value = frame.headers.get(name);
  if (value === undefined) throw new Fault("PROTOCOL", `${frame.command} without ${name}`);
  return value;
}

/** The receipt that the frame asks for. CONNECT cannot ask for one (STOMP 1.2 §Standard Headers). */
export function receiptOf(frame: Pick<Frame, "headers"> & { command: string }): string | undefined {
  return frame.command === "CONNECT" || frame.command === "STOMP" ? undefined : frame.headers.get("receipt");
}

const ownHeaders: ReadonlySet<string> = new Set([
  "destination",
  "content-type",
  "content-length",
  "receipt",
  "transaction",
  "message-id",
  "subscription",
  "ack",
]);

/** The headers of a SEND that a MESSAGE passes on: all but those that STOMP itself gives a meaning. */
export function userHeaders(frame: Frame): [name: string, value: string][] {
  return [...frame.headers].filter(([name]) => !ownHeaders.has(name));
}

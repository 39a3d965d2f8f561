// Frames of the server to octets. It must not know sessions, or when a frame is due.
import type { Refusal } from "@parley/contracts";
import { escapeName, escapeValue } from "./escape.ts";
import type { Version } from "./version.ts";

/** What is sent when there is nothing to send (STOMP 1.2 §Heart-beating). */
export const eol = Buffer.from("\n");

/** One header line with its EOL. */
export function encodeHeader(name: string, value: string, version: Version): string {
  return `${escapeName(name, version)}:${escapeValue(value, version)}\n`;
}

/**
 * A whole frame. A body is always counted: it may hold NULs (STOMP 1.2 §Body).
 * @param version whose escapes apply; "1.0", which has none, for CONNECT and CONNECTED
 */
export function encodeFrame(
  command: string,
  headers: Iterable<readonly [name: string, value: string]>,
  body: Buffer | string,
  version: Version,
): Buffer {
  let lines = "";
  for (const [name, value] of headers) lines += encodeHeader(name, value, version);
  return joinFrame(`${command}\n${lines}`, encodeEnd(body));
}

/** What ends every frame: the count of a body, the blank line, the body, NUL. */
export function encodeEnd(body: Buffer | string): Buffer | string {
  if (body.length === 0) return "\n\0";
  if (typeof body === "string") return `content-length:${Buffer.byteLength(body)}\n\n${body}\0`;
  const head = `content-length:${body.length}\n\n`;
  const end = Buffer.allocUnsafe(head.length + body.length + 1);
  end.write(head, "latin1");
  body.copy(end, head.length);
  end[end.length - 1] = 0;
  return end;
}

/** Both parts in one buffer. */
export function joinFrame(start: string, end: Buffer | string): Buffer {
  if (typeof end === "string") return Buffer.from(start + end);
  const startBytes = Buffer.byteLength(start);
  const frame = Buffer.allocUnsafe(startBytes + end.length);
  frame.write(start);
  end.copy(frame, startBytes);
  return frame;
}

export function encodeReceipt(receipt: string, version: Version): Buffer {
  return Buffer.from(`RECEIPT\n${encodeHeader("receipt-id", receipt, version)}\n\0`);
}

/** Says what the table says of the refusal's code, and when a retry makes sense; never its private detail. */
export function encodeError(
  refusal: Refusal,
  receipt: string | undefined,
  extra: Readonly<Record<string, string>>,
  version: Version,
): Buffer {
  const { text } = refusal.entry;
  const headers = new Map([
    ["message", text],
    ["code", refusal.code],
  ]);
  if (receipt !== undefined) headers.set("receipt-id", receipt);
  const { retryAfterMs } = refusal.context;
  if (retryAfterMs !== undefined) headers.set("retry-after-ms", String(retryAfterMs));
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  headers.set("content-type", "text/plain");
  return encodeFrame("ERROR", headers, text, version);
}

// One WebSocket message as the octets of one frame, made once for all who are sent it. It is the only file that uses
// what the library does not document; a test compares it with what the library itself sends.
import { isUtf8 } from "node:buffer";
import * as ws from "ws";

interface FrameOptions {
  fin: boolean;
  opcode: number;
  mask: boolean;
  readOnly: boolean;
  rsv1: boolean;
}

/** Exported by the library, but not in its types: RFC 6455 §5.2 as header and payload. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } };

const textOpcode = 1;
const binaryOpcode = 2;
/** A whole message in one frame, as servers send it: not masked, not compressed. */
const whole = { fin: true, mask: false, readOnly: true, rsv1: false };

/** Valid UTF-8 goes as text, since old clients garble it in binary messages (C-171). */
export function encodeWebSocketFrame(data: Buffer): Buffer[] {
  return Sender.frame(data, { ...whole, opcode: isUtf8(data) ? textOpcode : binaryOpcode });
}

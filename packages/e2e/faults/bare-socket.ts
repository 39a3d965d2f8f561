// A STOMP connection over a bare socket that is read only as fast as told; its frames are literal octets.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { formatUpgrade, maskedMessage } from "./handshake.ts";

export interface BareSocket {
  readonly isClosed: boolean;
  /** Takes at most so many octets of what has come. */
  read(bytesMax: number): void;
  destroy(): void;
}

/** Connects, subscribes and then reads nothing. @param url of a chat-ws */
export async function openBareSocket(url: string, token: string, destination: string): Promise<BareSocket> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  let isClosed = false;
  socket.on("error", () => {}); // Close tells.
  socket.on("close", () => (isClosed = true));
  await once(socket, "connect");
  socket.write(formatUpgrade());
  await untilRead(socket, "\r\n\r\n");
  const beats = setInterval(() => socket.write(maskedMessage("\n")), 5_000);
  socket.on("close", () => clearInterval(beats));
  socket.write(
    maskedMessage(`CONNECT\naccept-version:1.2\nhost:x\nheart-beat:10000,10000\nAuthorization:Bearer ${token}\n\n\0`),
  );
  socket.write(maskedMessage(`SUBSCRIBE\nid:room\ndestination:${destination}\nreceipt:stands\n\n\0`));
  await untilRead(socket, "receipt-id:stands");
  return {
    get isClosed() {
      return isClosed;
    },
    read: (bytesMax) => void (socket.read(bytesMax) ?? socket.read()),
    destroy: () => void socket.destroy(),
  };
}

async function untilRead(socket: Socket, wanted: string): Promise<void> {
  for (let text = ""; !text.includes(wanted) && !socket.destroyed;) {
    const chunk: Buffer | null = socket.read();
    if (chunk) text += chunk.toString("latin1");
    else await Promise.race([once(socket, "readable"), once(socket, "close")]);
  }
}

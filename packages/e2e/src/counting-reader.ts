// Readers and senders cheap enough for hundreds of them in one process: they look at tempIds, not at whole bodies.
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Person } from "./accounts.ts";
import { formatWebSocketUrl } from "./chat-client.ts";

/** Numbered messages of one room: tempIds to numbers, and when each was due to be sent. */
export class Script {
  readonly #numbers = new Map<string, number>();
  readonly dueAtMs: number[] = [];

  /** The next message, due now or earlier. */
  add(tempId: string, dueAtMs: number): void {
    this.#numbers.set(tempId, this.dueAtMs.length);
    this.dueAtMs.push(dueAtMs);
  }

  numberOf(tempId: string): number {
    const number = this.#numbers.get(tempId);
    if (number === undefined) throw new Error("a message that nobody sent");
    return number;
  }
}

export interface CountingReader {
  /** Numbers of messages in the order of their previews and of their confirmations, or whole messages. */
  readonly previewed: number[];
  readonly confirmed: number[];
  /** From when each preview was due to when it came, in milliseconds. */
  readonly latenciesMs: number[];
  /** Confirmations of messages whose content never came. */
  readonly unseen: number;
  readonly socket: WebSocket;
  /** The close code, and code and time of what ended it. */
  readonly closed: Promise<{ code: number; reason: string; atMs: number }>;
}

const tempIdKey = '"tempId":"';

/** Connects and subscribes; resolves with the RECEIPT of the SUBSCRIBE. */
export async function openCountingReader(
  serviceUrl: string,
  { token }: Person,
  roomId: string,
  script: Script,
): Promise<CountingReader> {
  const socket = new WebSocket(formatWebSocketUrl(serviceUrl), ["v12.stomp"], { perMessageDeflate: false });
  const closed = new Promise<{ code: number; reason: string; atMs: number }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString(), atMs: performance.now() })),
  );
  socket.on("error", () => {}); // Close tells.
  await once(socket, "open");
  socket.send(`CONNECT\naccept-version:1.2\nhost:x\nAuthorization:Bearer ${token}\n\n\0`);
  socket.send(`SUBSCRIBE\nid:room\ndestination:/topic/${roomId}\nreceipt:stands\n\n\0`);
  const seen = new Set<number>();
  const reader = { previewed: [] as number[], confirmed: [] as number[], latenciesMs: [] as number[], unseen: 0 };
  const stands = new Promise<void>((resolve, reject) => {
    void closed.then(({ code }) => reject(new Error(`closed with ${code}`)));
    socket.on("message", (data: Buffer) => {
      if (data[0] === 82) return resolve(); // R of RECEIPT
      if (data[0] !== 77) return; // M of MESSAGE
      const at = data.indexOf(tempIdKey, 0, "latin1") + tempIdKey.length;
      const number = script.numberOf(data.toString("latin1", at, at + 36));
      const isConfirmation = !data.includes('"seq":null', at, "latin1");
      const hasContent = data.includes('"content":"', at, "latin1");
      if (hasContent) seen.add(number);
      if (isConfirmation) {
        reader.confirmed.push(number);
        if (!seen.has(number)) reader.unseen++;
      } else {
        reader.previewed.push(number);
        reader.latenciesMs.push(performance.now() - script.dueAtMs[number]!);
      }
    });
  });
  await stands;
  return Object.assign(reader, { socket, closed });
}

/** The value that a share of all is not above; 0 of none. */
export function percentile(values: number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

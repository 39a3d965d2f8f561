// Somebody new who comes to a chat-ws, is greeted and leaves again: how long the greeting took, or why there was none.
import { WebSocket } from "ws";
import { formatWebSocketUrl } from "../src/chat-client.ts";
import { formatFrame } from "./frames.ts";

export interface Arrival {
  /** `CONNECTED`, an HTTP status, `closed`, or `no answer`. */
  outcome: string;
  tookMs: number;
}

/** @param msMax after which there is no answer */
export async function arrive(gatewayUrl: string, token: string, msMax = 10_000): Promise<Arrival> {
  const startMs = performance.now();
  const socket = new WebSocket(formatWebSocketUrl(gatewayUrl), ["v12.stomp"], { perMessageDeflate: false });
  let late: NodeJS.Timeout | undefined;
  const outcome = await new Promise<string>((resolve) => {
    late = setTimeout(resolve, msMax, "no answer");
    socket.on("open", () =>
      socket.send(formatFrame("CONNECT", { "accept-version": "1.2", host: "x", Authorization: `Bearer ${token}` })),
    );
    socket.on("unexpected-response", (_request, { statusCode }) => resolve(String(statusCode)));
    socket.on("message", (data: Buffer) => resolve(/^[A-Z]*/.exec(data.toString())![0]));
    socket.on("error", () => {}); // Close tells.
    socket.on("close", () => resolve("closed"));
  });
  clearTimeout(late);
  socket.terminate();
  return { outcome, tookMs: performance.now() - startMs };
}

/** `12 × CONNECTED, 3 × closed` */
export function describeArrivals(arrivals: Arrival[]): string {
  const groups = Map.groupBy(arrivals, ({ outcome }) => outcome);
  return [...groups].map(([outcome, all]) => `${all.length} × ${outcome}`).join(", ") || "nobody came";
}

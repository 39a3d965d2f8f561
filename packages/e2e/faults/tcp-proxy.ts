// A TCP proxy that can be cut, stalled, half open or far away. Round robin over its targets; it must not know what passes.
import { connect, createServer, type Socket } from "node:net";
import { LongWay, type Latency } from "./latency.ts";
import { reservePort } from "./ports.ts";

/**
 * `pass`; `refuse`: connections end at once; `stall`: as if every packet was dropped, ends of connections too;
 * `deaf`: what clients send is dropped, answers still come; `mute`: the other way round.
 */
export type ProxyMode = "pass" | "refuse" | "stall" | "deaf" | "mute";

export interface TcpProxy {
  port: number;
  /** The ports from which it speaks to its targets, one for each connection that is open. */
  serverPorts(): number[];
  mode(mode: ProxyMode): void;
  /** How long what passes is under way, in each direction. */
  delay(latency: Latency | undefined): void;
  /** Ends all that are open, as a balancer's reset would. */
  cut(): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
}

/** @param targets ports of 127.0.0.1 to choose from, asked at each connection; the next is tried if one refuses */
export async function startTcpProxy(targets: () => number[]): Promise<TcpProxy> {
  const port = await reservePort();
  const pairs = new Set<Pair>();
  const waiting = new Set<Socket>();
  let mode: ProxyMode = "pass";
  let latency: Latency | undefined;
  let turn = 0;

  function apply({ client, server }: Pair) {
    if (mode === "stall" || mode === "deaf") client.pause();
    else client.resume();
    if (mode === "stall" || mode === "mute") server.pause();
    else server.resume();
  }

  function join(pair: Pair) {
    const { client, server } = pair;
    pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const way = new LongWay<Buffer | "end" | "close">(
        () => latency,
        (item) => {
          if (item === "end") to.end();
          else if (item === "close") leave(to);
          else if (!to.write(item)) {
            from.pause();
            to.once("drain", () => apply(pair));
          } else if (from.isPaused()) apply(pair);
        },
      );
      from.on("data", (chunk) => {
        way.put(chunk);
        if (way.isFull) from.pause();
      });
      from.on("end", () => way.put("end"));
      from.on("close", () => {
        pairs.delete(pair);
        way.put("close");
      });
      to.on("close", () => way.drop());
    }
    apply(pair);
  }

  /** Whose other side has gone while nothing passed: they learn of it when the mode changes. */
  const stranded = new Set<Socket>();

  function leave(socket: Socket) {
    if (mode === "pass" || mode === "refuse") socket.destroy();
    else stranded.add(socket);
  }

  function dial(client: Socket, left: number[]) {
    const target = left.shift();
    if (target === undefined || client.destroyed) return void client.destroy();
    const server = connect({ port: target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    server.on("error", () => {}); // Close tells.
    const failed = () => dial(client, left);
    server.once("close", failed);
    server.once("connect", () => {
      server.off("close", failed);
      join({ client, server });
    });
  }

  function accept(client: Socket) {
    client.on("error", () => {}); // Close tells.
    if (mode === "refuse") return void client.destroy();
    if (mode === "stall") {
      waiting.add(client);
      client.once("close", () => waiting.delete(client));
      return;
    }
    const all = targets();
    const start = turn++ % Math.max(1, all.length);
    dial(client, [...all.slice(start), ...all.slice(0, start)]);
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, accept);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));

  function cut() {
    for (const { client, server: far } of pairs) {
      client.destroy();
      far.destroy();
    }
    for (const socket of [...waiting, ...stranded]) socket.destroy();
    waiting.clear();
    stranded.clear();
  }

  return {
    port,
    serverPorts: () => [...pairs].flatMap(({ server: { localPort } }) => localPort ?? []),
    mode(next) {
      mode = next;
      if (next === "refuse") return cut();
      for (const socket of stranded) socket.destroy();
      stranded.clear();
      for (const pair of pairs) apply(pair);
      if (next === "stall") return;
      for (const client of waiting) {
        waiting.delete(client);
        accept(client);
      }
    },
    delay: (next) => void (latency = next),
    cut,
    async close() {
      mode = "refuse";
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

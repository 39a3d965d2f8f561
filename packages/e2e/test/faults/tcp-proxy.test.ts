import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { LongWay, type Latency } from "../../faults/latency.ts";
import { startTcpProxy } from "../../faults/tcp-proxy.ts";

test("a long way delays what passes in each direction, and keeps its order and its end", async () => {
  const echo = createServer((socket) => socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  const proxy = await startTcpProxy(() => [port]);
  proxy.delay({ ms: 50, jitterMs: 40 });
  const client = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
  await once(client, "connect");
  let heard = "";
  client.on("data", (chunk) => (heard += chunk));
  const ended = once(client, "end");
  const startMs = performance.now();
  let said = "";
  for (let n = 0; n < 200; n++) {
    said += `${n} `;
    client.write(`${n} `);
    if (n % 20 === 0) await new Promise(setImmediate);
  }
  client.end();
  await ended;
  expect(heard).toBe(said);
  expect(performance.now() - startMs).toBeGreaterThan(2 * (50 - 40));
  await proxy.close();
  echo.close();
});

test("a way that is no longer long lets nothing overtake what is still under way", async () => {
  let latency: Latency | undefined = { ms: 20, jitterMs: 0 };
  const arrived: string[] = [];
  const both = Promise.withResolvers<void>();
  const way = new LongWay<string>(
    () => latency,
    (item) => void (arrived.push(item) === 2 && both.resolve()),
  );
  way.put("first");
  latency = undefined;
  way.put("second");
  expect(arrived).toEqual([]);
  await both.promise;
  expect(arrived).toEqual(["first", "second"]);
});

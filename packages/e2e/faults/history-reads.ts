// How often gateways ask chat-history, counted inside them.
import { evaluateInside, runInside } from "./inspector.ts";
import type { Supervised } from "./supervised.ts";

/** `fetch` tells of each request on this channel. */
const install = `globalThis.historyReads ??= (() => {
  const counted = { count: 0 };
  process.getBuiltinModule("node:diagnostics_channel").subscribe("undici:request:create", ({ request }) => {
    if (request.path.startsWith("/internal/")) counted.count++;
  });
  return counted;
})()`;

/** @returns how many there were since then */
export async function countHistoryReads(gateways: Supervised[]): Promise<() => Promise<number>> {
  const read = async () => {
    const counts = await Promise.all(gateways.map((gateway) => evaluateInside<number>(gateway, "historyReads.count")));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await Promise.all(gateways.map((gateway) => runInside(gateway, install)));
  const before = await read();
  return async () => (await read()) - before;
}

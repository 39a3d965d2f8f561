// A process of its own that asks for pages as fast as it gets them; prints how long they took. Arguments: URL, token,
// requests at once, seconds.
import { sampleHttp } from "./sampling.ts";
import { percentile } from "../src/counting-reader.ts";

const [url = "", token = "", atOnce, seconds] = process.argv.slice(2);
const endMs = performance.now() + Number(seconds) * 1_000;
const tookMs: number[] = [];
const statuses = new Map<string, number>();
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (performance.now() < endMs) {
      const sample = await sampleHttp(url, token, 60_000);
      tookMs.push(sample.tookMs);
      statuses.set(String(sample.status), (statuses.get(String(sample.status)) ?? 0) + 1);
    }
  }),
);
console.log(
  JSON.stringify({ count: tookMs.length, p99: percentile(tookMs, 0.99), statuses: Object.fromEntries(statuses) }),
);

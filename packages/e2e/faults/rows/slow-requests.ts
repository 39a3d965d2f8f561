// F-43: HTTP requests that never come to their end.
import { percentile } from "../../src/counting-reader.ts";
import { boundEnds, describeEnds, untilClosed } from "../closings.ts";
import { lostConnections } from "../figures.ts";
import type { Row } from "../row.ts";
import { describeStatuses, sampleHttp, startSampling, type HttpSample } from "../sampling.ts";
import { trickle, trickleMany, type Speech } from "../trickle.ts";

const sockets = 1_000;
const openPerSecond = 1_000;
const sampleMs = 100;

const slowRequests: (Speech & { name: string; closedS: number })[] = [
  { name: "silent", closedS: 10, opening: "", morsel: "" },
  { name: "slow headers", closedS: 10, opening: "GET /server HTTP/1.1\r\nHost: x\r\nX-Slow: ", morsel: "x" },
  {
    name: "slow body",
    closedS: 30,
    opening: `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    morsel: " ",
  },
  {
    name: "slow body in chunks",
    closedS: 30,
    opening:
      "POST /room/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    morsel: "1\r\n \r\n",
  },
];

export const slowHttp: Row = {
  id: "F-43",
  title: `${sockets} sockets with slow HTTP headers and bodies at each kind of service`,
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack, load, fault, bound, fact }) {
    const services = [stack.auth, stack.histories[0]!, stack.gateways[0]!];
    const stops = services.map(({ url }) =>
      startSampling(sampleMs, () => sampleHttp(`${url}/health/live`, load.reader.token)),
    );
    fault.startMs = performance.now();
    const all = await trickleMany(sockets * services.length, openPerSecond, (n) =>
      trickle(services[n % services.length]!.url, slowRequests[Math.floor(n / services.length) % slowRequests.length]!),
    );
    await untilClosed(all, Math.max(...slowRequests.map(({ closedS }) => closedS)));
    fault.endMs = performance.now();
    for (const [place, { name: service }] of services.entries()) {
      for (const [at, { name, closedS }] of slowRequests.entries()) {
        const isOwn = (n: number) =>
          n % services.length === place && Math.floor(n / services.length) % slowRequests.length === at;
        const own = all.filter((_, n) => isOwn(n));
        boundEnds({ bound }, own, `${service}, ${name}`, closedS);
      }
      const samples = await stops[place]!();
      fact(`others at ${service}: ${describeStatuses(samples)}, p99 ${p99Of(samples)} ms`);
    }
    fact(describeEnds(all));
    for (const one of all) one.destroy();
  },
  judge: ({ load, fault, bound }) =>
    bound("connections of others lost", lostConnections(load.recording, fault).length, 0, ""),
};

function p99Of(samples: HttpSample[]): number {
  const timesMs = samples.map(({ tookMs }) => tookMs);
  return Math.round(percentile(timesMs, 0.99));
}

// F-42: clients that stall in the middle of a frame.
import { destinations } from "@parley/contracts";
import { percentile } from "../../src/counting-reader.ts";
import { boundEnds, describeEnds, untilClosed } from "../closings.ts";
import { lostConnections } from "../figures.ts";
import { formatFrame } from "../frames.ts";
import { formatUpgrade, maskedHead, maskedMessage } from "../handshake.ts";
import { arrive, describeArrivals } from "../newcomer.ts";
import type { Row } from "../row.ts";
import { startSampling } from "../sampling.ts";
import { trickle, trickleMany, type Speech } from "../trickle.ts";

const connections = 1_000;
/** Over three gateways, each of which admits so many. */
const openPerSecond = 300;
const sampleMs = 100;
/** Of a frame that never ends. */
const frameBytes = 1_000;

interface Kind {
  name: string;
  speech: (token: string) => Speech;
  /** Seconds after which it must be closed. */
  closedS: number;
}

const connectFrame = (token: string) =>
  formatFrame("CONNECT", {
    "accept-version": "1.2",
    host: "x",
    "heart-beat": "0,0",
    Authorization: `Bearer ${token}`,
  });
const sendHead = `SEND\ndestination:${destinations.chat}\n\n`;
/** In pieces of one message: the first with its opcode, later ones without. */
const continuation = { opcode: 0, fin: false };

const octetMessage = maskedMessage("x");
const octetPiece = Buffer.concat([maskedHead(1, continuation), Buffer.from("x")]);
const opening = (...parts: (Buffer | string)[]) =>
  Buffer.concat([formatUpgrade(), ...parts].map((part) => Buffer.from(part as string)));

const kinds: Kind[] = [
  {
    name: "no CONNECT, an octet per message",
    closedS: 10,
    speech: () => ({ opening: opening(maskedMessage("CONNECT\na:")), morsel: octetMessage }),
  },
  {
    name: "no CONNECT, in the middle of a message",
    closedS: 10,
    speech: () => ({ opening: opening(maskedHead(frameBytes), "CONNECT\na:"), morsel: "x" }),
  },
  {
    name: "connected, an octet per message",
    closedS: 30,
    speech: (token) => ({
      opening: opening(maskedMessage(connectFrame(token)), maskedMessage(sendHead)),
      morsel: octetMessage,
    }),
  },
  {
    name: "connected, in the middle of a message",
    closedS: 30,
    speech: (token) => ({
      opening: opening(maskedMessage(connectFrame(token)), maskedHead(frameBytes), sendHead),
      morsel: "x",
    }),
  },
  {
    name: "connected, an octet per piece of a message",
    closedS: 30,
    speech: (token) => ({
      opening: opening(maskedMessage(connectFrame(token)), maskedHead(sendHead.length, { fin: false }), sendHead),
      morsel: octetPiece,
    }),
  },
];

export const slowFrames: Row = {
  id: "F-42",
  title: `${connections} connections stall in the middle of a frame, an octet every 5 s`,
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack, load, fault, bound, fact }) {
    const { token } = load.reader;
    const gatewayOf = (n: number) => stack.gateways[n % stack.gateways.length]!.url;
    let newcomers = 0;
    const stop = startSampling(sampleMs, () => arrive(gatewayOf(newcomers++), token));
    const speeches = kinds.map(({ speech }) => speech(token));
    fault.startMs = performance.now();
    const all = await trickleMany(connections, openPerSecond, (n) =>
      trickle(gatewayOf(n), speeches[n % kinds.length]!),
    );
    await untilClosed(all, Math.max(...kinds.map(({ closedS }) => closedS)));
    fault.endMs = performance.now();
    const arrivals = await stop();
    for (const [at, { name, closedS }] of kinds.entries()) {
      const own = all.filter((_, n) => n % kinds.length === at);
      boundEnds({ bound }, own, name, closedS);
    }
    fact(describeEnds(all));
    for (const one of all) one.destroy();
    fact(`newcomers: ${describeArrivals(arrivals)}`);
    const greeted = arrivals.filter(({ outcome }) => outcome === "CONNECTED");
    bound("newcomers not greeted", arrivals.length - greeted.length, 0, "");
    bound(
      "p99 of CONNECT meanwhile",
      percentile(
        greeted.map(({ tookMs }) => tookMs),
        0.99,
      ),
      500,
      "ms",
    );
  },
  judge: ({ load, fault, bound }) =>
    bound("connections of others lost", lostConnections(load.recording, fault).length, 0, ""),
};

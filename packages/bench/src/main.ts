// The bench: every scenario, every contestant, in turn and again, then a table. Speed is a ratio within one run.
import { mkdir, writeFile } from "node:fs/promises";
import { measureIdle, measureLoad, type IdleMeasure, type LoadMeasure } from "./measure.ts";
import { measureBacklog, measureSending, type StoringMeasure } from "./measure-storing.ts";
import { parseOptions, usage, type Options, type PeerName } from "./options.ts";
import { createParleyPeer } from "./peers/parley.ts";
import type { Peer } from "./peers/peer.ts";
import { rabbitmq } from "./peers/rabbitmq.ts";
import { createSimplePeer, socketioRedis } from "./peers/simple.ts";
import { formatReport, type Outcome } from "./report.ts";
import { scenarios } from "./scenarios.ts";

const warmMs = 2_000;
const accounts = 100;
const results = new URL("../results/", import.meta.url);

const options = readOptions();
const parley = await createParleyPeer({ env: options.set, isProfiled: options.profile });
const peers: Record<PeerName, Peer> = {
  parley,
  "socketio-redis": socketioRedis,
  socketio: createSimplePeer("socketio"),
  ws: createSimplePeer("ws"),
  net: createSimplePeer("net"),
  rabbitmq,
};

const outcomes: Outcome[] = [];
try {
  const plan = await makePlan();
  for (const [step, { name, peer, repetition }] of plan.entries()) {
    const startMs = performance.now();
    process.stdout.write(`${step + 1}/${plan.length} ${name}, ${peer}, repetition ${repetition} … `);
    const measure = await run(name, peer);
    outcomes.push({ scenario: name, peer, repetition, ...measure });
    console.log(`${formatMeasure(measure)} (${((performance.now() - startMs) / 1_000).toFixed(0)} s)`);
  }
} finally {
  await parley.close();
}
const { markdown, isVoid } = formatReport(outcomes, options);
await mkdir(results, { recursive: true });
await writeFile(new URL("latest.json", results), `${JSON.stringify(outcomes, null, 2)}\n`);
await writeFile(new URL("latest.md", results), markdown);
console.log(`\n${markdown}`);
process.exitCode = isVoid ? 1 : 0;

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Contestants take turns within a repetition, so that a machine whose speed drifts drifts for all of them. */
async function makePlan() {
  const absent = new Map<PeerName, string>();
  for (const name of options.peers) {
    const why = await peers[name].absent?.();
    if (why !== undefined) absent.set(name, why);
  }
  for (const [name, why] of absent) console.log(`${name}: ${why}, left out`);
  const names = Object.keys(scenarios).filter((name) => options.only.some((only) => name.startsWith(only)));
  return names.flatMap((name) =>
    Array.from({ length: options.repetitions }, (_, n) => n + 1).flatMap((repetition) =>
      scenarios[name as keyof typeof scenarios].peers
        .filter((peer) => options.peers.includes(peer) && !absent.has(peer))
        .map((peer) => ({ name: name as keyof typeof scenarios, peer, repetition })),
    ),
  );
}

type Measure = Pick<Outcome, "load" | "idle" | "storing">;

async function run(name: keyof typeof scenarios, peerName: PeerName): Promise<Measure> {
  const scenario = scenarios[name];
  const peer = peers[peerName];
  const tokensFor = (count: number) => (peerName === "parley" ? parley.tokens(count) : Promise.resolve([]));
  const times = { warmMs, measureMs: options.seconds * 1_000 };
  if (scenario.kind === "load") {
    const job = { ...scenario.load, ...times, kind: "load" as const, tokens: await tokensFor(accounts) };
    return { load: await measureLoad(peer, scenario.servers, job) };
  }
  if (scenario.kind === "sending") {
    const tokens = await tokensFor(scenario.sending.senders);
    const job = { ...scenario.sending, ...times, kind: "sending" as const, tokens };
    return { storing: await measureSending(parley, "both", job) };
  }
  if (scenario.kind === "backlog") {
    const partitions = Number(options.set["CHAT_PARTITIONS"] ?? 1);
    const backlog = { ...scenario.backlog, entries: options.backlog, partitions };
    return { storing: await measureBacklog(parley, "both", backlog) };
  }
  const { connections, rooms, atOnce } = scenario;
  const tokens = await tokensFor(connections);
  return { idle: await measureIdle(peer, { kind: "idle", tokens, connections, rooms, atOnce }) };
}

function formatMeasure({ load, idle, storing }: Measure): string {
  if (storing) return formatStoring(storing);
  return load ? formatLoad(load) : formatIdle(idle!);
}

function formatStoring({ perSecond, latency, cores }: StoringMeasure): string {
  const shares = Object.entries(cores).map(([part, share]) => `${part} ${share.toFixed(2)}`);
  const figures = latency ? `, p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms` : "";
  return `${Math.round(perSecond)}/s${figures}; cores: ${shares.join(", ")}`;
}

function formatLoad({
  perCpuSecond,
  perRelayCpuSecond,
  latency,
  generatorShare,
  deliveries,
  seconds,
}: LoadMeasure): string {
  const figures = latency
    ? `p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`
    : `${Math.round(perCpuSecond)} deliveries per CPU-second (relay ${Math.round(perRelayCpuSecond)}), ${Math.round(deliveries / seconds)}/s`;
  return `${figures}, generator ${Math.round(generatorShare * 100)} % busy`;
}

function formatIdle({ kibPerConnection, connectsPerSecond, connectsPerCpuSecond }: IdleMeasure): string {
  return `${kibPerConnection.toFixed(1)} KiB each, ${Math.round(connectsPerCpuSecond)} connects per CPU-second, ${Math.round(connectsPerSecond)}/s`;
}

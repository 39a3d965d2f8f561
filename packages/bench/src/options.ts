// What the bench can be told on its command line.
import { parseArgs } from "node:util";

const scenarioNames = ["S-1", "S-2", "S-3", "S-4", "S-5", "S-6", "S-7", "S-8"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

const peerNames = ["parley", "socketio-redis", "socketio", "ws", "net", "rabbitmq"] as const;
export type PeerName = (typeof peerNames)[number];

export interface Options {
  only: ScenarioName[];
  peers: PeerName[];
  repetitions: number;
  /** How long each contestant is measured, in seconds, once it is warm. */
  seconds: number;
  /** Entries of S-7's backlog. */
  backlog: number;
  /** Whether Parley's services are profiled. */
  profile: boolean;
  /** Environment variables of Parley's services, by name. */
  set: Record<string, string>;
}

export const usage = `npm run bench -- [options]
  --only S-1,S-2       scenarios: ${scenarioNames.join(", ")} (all)
  --peers parley,ws    contestants: ${peerNames.join(", ")} (all)
  --repetitions 3      how often each is measured, interleaved
  --seconds 4          how long each is measured once it is warm
  --backlog 500000     entries that S-7 drains
  --profile            write CPU profiles of chat-ws and chat-history, and print where they spent their time
  --set NAME=value     an environment variable of Parley's services; may be repeated`;

/** @throws Error that says what is wrong, for people */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      only: { type: "string", default: scenarioNames.join(",") },
      peers: { type: "string", default: peerNames.join(",") },
      repetitions: { type: "string", default: "3" },
      seconds: { type: "string", default: "4" },
      backlog: { type: "string", default: "500000" },
      profile: { type: "boolean", default: false },
      set: { type: "string", multiple: true, default: [] },
    },
  });
  return {
    only: parseNames("--only", values.only, scenarioNames),
    peers: parseNames("--peers", values.peers, peerNames),
    repetitions: parseCount("--repetitions", values.repetitions, 100),
    seconds: parseCount("--seconds", values.seconds, 3_600),
    backlog: parseCount("--backlog", values.backlog, 10_000_000),
    profile: values.profile,
    set: Object.fromEntries(values.set.map(parseSetting)),
  };
}

function parseNames<N extends string>(option: string, text: string, known: readonly N[]): N[] {
  const unknown = text.split(",").find((name) => !known.includes(name as N));
  if (unknown !== undefined) throw new Error(`${option}: there is no "${unknown}"; there are ${known.join(", ")}`);
  return known.filter((name) => text.split(",").includes(name));
}

function parseSetting(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--set: expected NAME=value, not "${text}"`);
  return [name, value];
}

function parseCount(option: string, text: string, max: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > max) throw new Error(`${option}: expected 1 to ${max}`);
  return count;
}

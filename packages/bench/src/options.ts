// What the bench can be told on its command line.
import { parseArgs } from "node:util";

const scenarioNames = ["S-1", "S-2", "S-3", "S-4"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

const peerNames = ["parley", "socketio-redis", "socketio", "ws", "net", "rabbitmq"] as const;
export type PeerName = (typeof peerNames)[number];

export interface Options {
  only: ScenarioName[];
  peers: PeerName[];
  repetitions: number;
  /** How long each contestant is measured, in seconds, once it is warm. */
  seconds: number;
}

export const usage = `npm run bench -- [options]
  --only S-1,S-2       scenarios: ${scenarioNames.join(", ")} (all)
  --peers parley,ws    contestants: ${peerNames.join(", ")} (all)
  --repetitions 3      how often each is measured, interleaved
  --seconds 4          how long each is measured once it is warm`;

/** @throws Error that says what is wrong, for people */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      only: { type: "string", default: scenarioNames.join(",") },
      peers: { type: "string", default: peerNames.join(",") },
      repetitions: { type: "string", default: "3" },
      seconds: { type: "string", default: "4" },
    },
  });
  return {
    only: parseNames("--only", values.only, scenarioNames),
    peers: parseNames("--peers", values.peers, peerNames),
    repetitions: parseCount("--repetitions", values.repetitions, 100),
    seconds: parseCount("--seconds", values.seconds, 3_600),
  };
}

function parseNames<N extends string>(option: string, text: string, known: readonly N[]): N[] {
  const unknown = text.split(",").find((name) => !known.includes(name as N));
  if (unknown !== undefined) throw new Error(`${option}: there is no "${unknown}"; there are ${known.join(", ")}`);
  return known.filter((name) => text.split(",").includes(name));
}

function parseCount(option: string, text: string, max: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > max) throw new Error(`${option}: expected 1 to ${max}`);
  return count;
}

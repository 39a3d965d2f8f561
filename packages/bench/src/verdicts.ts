// What is wanted of Parley, and what came of it: ratios to others within a repetition, or figures of its own.
import type { PeerName } from "./options.ts";
import type { Outcome } from "./report.ts";
import { spreadOf } from "./statistics.ts";

interface Wish {
  scenario: Outcome["scenario"];
  what: string;
  goal: number;
  must: number;
  /** Whether more is better. */
  isMore: boolean;
  read: (outcome: Outcome) => number;
  /** What the figure is divided by, of this contestant in the same repetition. */
  against?: { peer: PeerName; read: (outcome: Outcome) => number };
}

const perCpuSecond = ({ load }: Outcome) => load!.perCpuSecond;
const perRelayCpuSecond = ({ load }: Outcome) => load!.perRelayCpuSecond;
const p50 = ({ load }: Outcome) => load!.latency!.p50;
const p99 = ({ load }: Outcome) => load!.latency!.p99;

const ratio = (
  scenario: Outcome["scenario"],
  what: string,
  [goal, must]: [number, number],
  peer: PeerName,
  read: Wish["read"],
): Wish => ({ scenario, what, goal, must, isMore: true, read, against: { peer, read: perCpuSecond } });

const wishesOfDelivery: Wish[] = [
  ratio("S-1", "× Socket.IO with Redis", [10, 6], "socketio-redis", perCpuSecond),
  ratio("S-1", "× RabbitMQ Web STOMP", [60, 40], "rabbitmq", perCpuSecond),
  ratio("S-1", "of `net`, coalesced", [0.6, 0.35], "net", perCpuSecond),
  ratio("S-2", "× Socket.IO with Redis, chat-ws and Redis counted", [1.5, 1.2], "socketio-redis", perRelayCpuSecond),
  ratio("S-2", "× Socket.IO with Redis, everything counted", [1, 0.7], "socketio-redis", perCpuSecond),
  {
    ...ratio("S-3", "p50, part of Socket.IO's", [1, 1], "socketio-redis", p50),
    isMore: false,
    against: { peer: "socketio-redis", read: p50 },
  },
  {
    ...ratio("S-3", "p99, part of Socket.IO's", [1, 1], "socketio-redis", p99),
    isMore: false,
    against: { peer: "socketio-redis", read: p99 },
  },
  {
    scenario: "S-4",
    what: "KiB per connection",
    goal: 10,
    must: 14,
    isMore: false,
    read: ({ idle }) => idle!.kibPerConnection,
  },
  {
    scenario: "S-4",
    what: "CONNECTs per CPU-second",
    goal: 3_000,
    must: 1_500,
    isMore: true,
    read: ({ idle }) => idle!.connectsPerCpuSecond,
  },
];

const perSecond = (scenario: Outcome["scenario"], what: string, [goal, must]: [number, number]): Wish => ({
  scenario,
  what,
  goal,
  must,
  isMore: true,
  read: ({ storing }) => storing!.perSecond,
});

const receiptMs = (share: "p50" | "p99", [goal, must]: [number, number]): Wish => ({
  scenario: "S-6",
  what: `${share} of send → RECEIPT, ms`,
  goal,
  must,
  isMore: false,
  read: ({ storing }) => storing!.latency![share],
});

const wishes: Wish[] = [
  ...wishesOfDelivery,
  perSecond("S-5", "receipts per second", [10_000, 6_000]),
  receiptMs("p50", [4, 8]),
  receiptMs("p99", [20, 50]),
  perSecond("S-7", "entries per second", [40_000, 20_000]),
  perSecond("S-8", "receipts per second", [8_000, 2_000]),
];

/** Rows: scenario, what, goal, must, measured, verdict. Judged by the median; wishes that were not measured are left out. */
export function verdictsOf(outcomes: Outcome[]): string[][] {
  return wishes.flatMap((wish) => {
    const values = valuesOf(wish, outcomes);
    if (values.length === 0) return [];
    const { min, median, max } = spreadOf(values);
    const sign = wish.isMore ? "≥" : "≤";
    const figures = [min, median, max].map((value) => format(value)).join(" / ");
    return [[wish.scenario, wish.what, `${sign} ${wish.goal}`, `${sign} ${wish.must}`, figures, judge(wish, median)]];
  });
}

function valuesOf({ scenario, read, against }: Wish, outcomes: Outcome[]): number[] {
  return outcomes
    .filter((outcome) => outcome.scenario === scenario && outcome.peer === "parley")
    .flatMap((own) => {
      if (!against) return [read(own)];
      const other = outcomes.find(
        ({ scenario: same, peer, repetition }) =>
          same === scenario && peer === against.peer && repetition === own.repetition,
      );
      return other ? [read(own) / against.read(other)] : [];
    });
}

function judge({ goal, must, isMore }: Wish, value: number): string {
  const reaches = (bar: number) => (isMore ? value >= bar : value <= bar);
  if (reaches(goal)) return "goal reached";
  return reaches(must) ? "must reached" : "**not reached**";
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-GB") : value.toFixed(value >= 10 ? 1 : 2);
}

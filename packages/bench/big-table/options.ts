// What the big-table bench can be told on its command line.
import { parseArgs } from "node:util";

const stepNames = ["plans", "pages", "store", "mend"] as const;
type Step = (typeof stepNames)[number];

export interface Options {
  /** Kept and used again; a scratch folder that is removed if missing. */
  dataDir: string | undefined;
  rows: number;
  steps: Step[];
  repetitions: number;
  /** How long pages are measured beside writes, once all is warm. */
  seconds: number;
  warmSeconds: number;
  pagesPerSecond: number;
  writesPerSecond: number;
  /** Of PostgreSQL; the rest is left to the system's cache. */
  sharedBuffers: string;
  /** Servers wherever the system puts them, not all on one core. */
  spread: boolean;
}

export const usage = `npm run big-table -- [options]
  --data-dir folder        PostgreSQL's, kept and used again (a scratch folder)
  --rows 10000000          messages in the table, a tenth of them in one room
  --steps plans,pages      ${stepNames.join(", ")} (all); the tables are filled before them if they are not
  --repetitions 3          how often each variant is measured, interleaved
  --seconds 30             how long pages are measured beside writes
  --warm-seconds 10        how long before that the same load runs
  --pages-per-second 100
  --writes-per-second 1000
  --shared-buffers 128MB   PostgreSQL's own memory; more where the system's cache does not keep what is read
  --spread                 servers on all cores, in place of one`;

/** @throws Error that says what is wrong, for people */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      "data-dir": { type: "string" },
      rows: { type: "string", default: "10000000" },
      steps: { type: "string", default: stepNames.join(",") },
      repetitions: { type: "string", default: "3" },
      seconds: { type: "string", default: "30" },
      "warm-seconds": { type: "string", default: "10" },
      "pages-per-second": { type: "string", default: "100" },
      "writes-per-second": { type: "string", default: "1000" },
      "shared-buffers": { type: "string", default: "128MB" },
      spread: { type: "boolean", default: false },
    },
  });
  return {
    dataDir: values["data-dir"],
    rows: parseCount("--rows", values.rows, 100_000, 1_000_000_000),
    steps: parseSteps(values.steps),
    repetitions: parseCount("--repetitions", values.repetitions, 1, 100),
    seconds: parseCount("--seconds", values.seconds, 1, 3_600),
    warmSeconds: parseCount("--warm-seconds", values["warm-seconds"], 1, 3_600),
    pagesPerSecond: parseCount("--pages-per-second", values["pages-per-second"], 1, 10_000),
    writesPerSecond: parseCount("--writes-per-second", values["writes-per-second"], 1, 100_000),
    spread: values.spread,
    sharedBuffers: parseSize("--shared-buffers", values["shared-buffers"]),
  };
}

function parseSteps(text: string): Step[] {
  const wanted = text.split(",").filter((name) => name !== "");
  const unknown = wanted.find((name) => !stepNames.includes(name as Step));
  if (unknown !== undefined) throw new Error(`--steps: there is no "${unknown}"; there are ${stepNames.join(", ")}`);
  return stepNames.filter((name) => wanted.includes(name));
}

function parseSize(option: string, text: string): string {
  if (!/^\d+[MG]B$/.test(text)) throw new Error(`${option}: expected a number and MB or GB`);
  return text;
}

function parseCount(option: string, text: string, min: number, max: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < min || count > max) throw new Error(`${option}: expected ${min} to ${max}`);
  return count;
}

// What the suite can be told on its command line.
import { parseArgs } from "node:util";

const usage = `npm run faults -- [options]

Kills, stops, cuts, fills and slows down real processes under load, and looks for what was promised. Debian or the like;
some rows need root. Ends with 1 if an invariant was broken.

  --only F-01,F-14    these rows. Without it: all but F-60, which takes an hour
  --before 60         seconds of load before a fault
  --after 60          and after it
  --repetitions 3     of each row but F-60, each with another seed
  --seed n            of the first, less one
  --rounds-scale 1    of how often a row does what it does, and of how long it lasts
  --hours 1           how long F-60 lasts
  --minutes 60        the same
  --connections 200, --rate 200, --edits 2, --no-resume
                      of the load, its messages and its edits per second, and whether clients resume
  --report file       writes the table there, too
`;

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Undefined if only the usage was wanted, which is printed then. @throws for an option that is not there */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      only: { type: "string" },
      before: { type: "string", default: "60" },
      after: { type: "string", default: "60" },
      repetitions: { type: "string", default: "3" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
      "rounds-scale": { type: "string", default: "1" },
      hours: { type: "string" },
      minutes: { type: "string" },
      connections: { type: "string" },
      rate: { type: "string" },
      edits: { type: "string" },
      "no-resume": { type: "boolean", default: false },
      report: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const { hours, minutes, connections, rate, edits } = values;
  return {
    only: values.only?.split(","),
    repetitions: Number(values.repetitions),
    seed: Number(values.seed),
    beforeMs: Number(values.before) * 1_000,
    afterMs: Number(values.after) * 1_000,
    roundsScale: Number(values["rounds-scale"]),
    soakMs: minutes === undefined ? Number(hours ?? 1) * hourMs : Number(minutes) * minuteMs,
    report: values.report,
    load: {
      ...(connections ? { connections: Number(connections) } : {}),
      ...(rate ? { perSecond: Number(rate) } : {}),
      ...(edits ? { editsPerSecond: Number(edits) } : {}),
      resumes: !values["no-resume"],
    },
  };
}

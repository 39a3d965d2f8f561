// Where a Node process spends its time: has V8 sample it, and names the functions that took most of it themselves. It
// must not know what they do.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What V8 writes (Chrome DevTools Protocol, `Profiler.Profile`). Times are microseconds of the monotonic clock. */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

const folder = fileURLToPath(new URL("../results/", import.meta.url));
const functionsMax = 10;
const sampleUs = 500;

/** For NODE_OPTIONS. The profile is written when the process ends by itself, as it does after SIGTERM. */
export function profileOptions(name: string): string {
  const options = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`];
  return [...options, `--cpu-prof-interval=${sampleUs}`].map((option) => JSON.stringify(option)).join(" ");
}

export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** The functions with the most self time between two moments, and their share of all that is not idle. */
export async function formatProfile(name: string, fromUs: number, untilUs: number): Promise<string> {
  const profile = JSON.parse(await readFile(`${folder}${name}.cpuprofile`, "utf8")) as Profile;
  const names = new Map(profile.nodes.map((node) => [node.id, formatFrame(node.callFrame)]));
  const selfUs = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [n, id] of profile.samples.entries()) {
    const us = profile.timeDeltas[n]!;
    atUs += us;
    const frame = names.get(id)!;
    if (atUs >= fromUs && atUs <= untilUs && !frame.startsWith("(idle)"))
      selfUs.set(frame, (selfUs.get(frame) ?? 0) + us);
  }
  const busyUs = [...selfUs.values()].reduce((sum, us) => sum + us, 0);
  const most = [...selfUs].toSorted(([, one], [, other]) => other - one).slice(0, functionsMax);
  const lines = most.map(([frame, us]) => `${((us / busyUs) * 100).toFixed(1).padStart(6)} %  ${frame}`);
  const busyShare = Math.round((busyUs / (untilUs - fromUs)) * 100);
  return `${name}: busy ${busyShare} % of the time, of which in\n${lines.join("\n")}`;
}

function formatFrame({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const file = url.split("/").slice(-2).join("/");
  return `${functionName || "(anonymous)"}${file === "" ? "" : `  ${file}:${lineNumber + 1}`}`;
}

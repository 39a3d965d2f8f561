// `npm run fuzz -- <minutes> <seed>`: ten minutes of damaged streams, with progress, then what came of it.
import { fuzz } from "./fuzz.ts";

const [minutes = 10, seed = Math.floor(Math.random() * 1e9)] = process.argv
  .slice(2)
  .filter((arg) => arg !== "--")
  .map(Number);
console.log(`${minutes} minutes of damaged streams, seed ${seed}`);
const { streams, residentMiB, sessionsLeft, waitMs } = await fuzz(minutes * 60, seed, (line) => console.log(line));
const grewMiB = residentMiB.end - residentMiB.early;
console.log(
  `${streams} streams; chat-ws lives, ${sessionsLeft} sessions left; memory ${residentMiB.early.toFixed(0)} MiB early, ` +
    `${residentMiB.end.toFixed(0)} MiB at the end (may grow by 20); the good client waited ` +
    `p50 ${waitMs.p50.toFixed(1)}, p99 ${waitMs.p99.toFixed(1)}, at most ${waitMs.max.toFixed(1)} ms`,
);
process.exitCode = sessionsLeft === 0 && grewMiB < 20 && waitMs.p99 < 250 ? 0 : 1;

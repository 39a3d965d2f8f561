// The time that counts, behind a warm-up: what came in it, how late, and how busy the generator was meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { percentileOf } from "../statistics.ts";
import type { Report, WindowResult } from "./job.ts";

export interface WindowOptions {
  warmMs: number;
  measureMs: number;
  report: (what: Report) => void;
  /** All that has come so far. */
  readCount: () => number;
}

export class Window {
  readonly #latencies: number[] = [];
  #isOpen = false;

  /** How long something took that has just come, in milliseconds. */
  note(latencyMs: number): void {
    if (this.#isOpen) this.#latencies.push(latencyMs);
  }

  /** Tells the bench when the time that counts begins. */
  async pass({ warmMs, measureMs, report, readCount }: WindowOptions): Promise<WindowResult> {
    await sleep(warmMs);
    report({ kind: "measuring" });
    this.#isOpen = true;
    const before = { count: readCount(), atMs: performance.now(), cpu: process.cpuUsage() };
    await sleep(measureMs);
    const seconds = (performance.now() - before.atMs) / 1_000;
    const { user, system } = process.cpuUsage(before.cpu);
    this.#isOpen = false;
    const result: WindowResult = {
      count: readCount() - before.count,
      seconds,
      generatorShare: (user + system) / 1e6 / seconds,
    };
    if (this.#latencies.length > 0) result.latency = summarise(this.#latencies);
    return result;
  }
}

function summarise(latencies: number[]) {
  const sorted = Float64Array.from(latencies).toSorted();
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentileOf(sorted, share)) as [number, number, number];
  return { p50, p99, p999 };
}

// A service under supervision: always on the same port, started again a second after it ended by itself.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readMetric } from "../src/metric.ts";
import { spawnService } from "../src/service-process.ts";
import { reservePort } from "./ports.ts";

interface Exit {
  atMs: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether we ended it. */
  wasOurs: boolean;
}

export interface Supervised {
  name: string;
  url: string;
  /** Where its inspector listens once SIGUSR1 has opened it. */
  inspectPort: number;
  readonly pid: number;
  readonly isRunning: boolean;
  exits: Exit[];
  /** @param more for this one life, over what it is always given */
  start(more?: Record<string, string>): void;
  /** Ends it, and keeps it ended until `start`. Answers its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** SIGSTOP, SIGCONT: it stays as it is. */
  signal(signal: NodeJS.Signals): void;
  isReady(withinMs?: number): Promise<boolean>;
  untilReady(msMax?: number): Promise<void>;
  /** The sum over all labels, or over those lines that have this one; undefined if it does not answer. */
  readMetric(metric: string, label?: string): Promise<number | undefined>;
}

const restartMs = 1_000;
const lastLinesMax = 10;

/** @param logFile gets all it prints */
export async function supervise(
  name: string,
  app: string,
  env: Record<string, string>,
  logFile: string,
): Promise<Supervised> {
  const port = await reservePort();
  const inspectPort = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const output = createWriteStream(logFile, { flags: "a" });
  const exits: Exit[] = [];
  const lastLines: string[] = [];
  let child: ChildProcess | undefined;
  let isWanted = false;
  let restart: NodeJS.Timeout | undefined;

  function start(more: Record<string, string> = {}) {
    isWanted = true;
    const options = [`--inspect-port=127.0.0.1:${inspectPort}`, env["NODE_OPTIONS"], more["NODE_OPTIONS"]];
    const born = spawnService(app, { ...env, ...more, PORT: String(port), NODE_OPTIONS: options.join(" ") });
    child = born;
    const kill = () => void born.kill("SIGKILL");
    process.once("exit", kill);
    for (const stream of [born.stdout!, born.stderr!])
      stream.on("data", (chunk) => {
        output.write(chunk);
        lastLines.push(String(chunk));
        if (lastLines.length > lastLinesMax) lastLines.shift();
      });
    born.once("exit", (code, signal) => {
      process.off("exit", kill);
      exits.push({ atMs: performance.now(), code, signal, wasOurs: !isWanted });
      if (isWanted) restart = setTimeout(start, restartMs);
    });
  }

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const isReady = (withinMs = 1_000) =>
    fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(withinMs) }).then(
      ({ ok }) => ok,
      () => false,
    );

  return {
    name,
    url,
    inspectPort,
    exits,
    get pid() {
      return child?.pid ?? 0;
    },
    get isRunning() {
      return isRunning();
    },
    start,
    async end(signal) {
      isWanted = false;
      clearTimeout(restart);
      if (!child || !isRunning()) return child?.exitCode ?? null;
      const exited = once(child, "exit");
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
    signal: (signal) => void child?.kill(signal),
    isReady,
    async untilReady(msMax = 60_000) {
      for (const endMs = performance.now() + msMax; performance.now() < endMs; await sleep(50)) {
        if (await isReady()) return;
      }
      throw new Error(`${name} was not ready within ${msMax} ms; it said: ${lastLines.join("")}`);
    },
    async readMetric(metric, label) {
      try {
        return (await readMetric(url, metric, label)) ?? 0; // A counter that has not counted yet.
      } catch {
        return undefined;
      }
    },
  };
}

// One service as a process of its own, as an operator would run it. It learns of it only what it prints and answers.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface ServiceProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  pid: number;
  /** All lines printed so far. */
  output: string[];
  /** Sends the signal and waits for the end; answers the exit code, null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const appsFolder = fileURLToPath(new URL("../../../apps", import.meta.url));
const readyWithinMs = 60_000;

/** @param healthPath answers 200 once the service is ready */
export async function startService(
  app: string,
  env: Record<string, string>,
  healthPath = "/health/ready",
): Promise<ServiceProcess> {
  const child = spawnService(app, env);
  const output: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    const read = (line: string) => {
      output.push(line);
      const found = /"port":(\d+)|ready +http:\/\/localhost:(\d+)/.exec(line);
      if (found) resolve(Number(found[1] ?? found[2]));
    };
    createInterface(child.stdout!).on("line", read);
    createInterface(child.stderr!).on("line", read);
    child.once("exit", (code) =>
      reject(new Error(`${app} ended with ${code} before it was ready:\n${output.join("\n")}`)),
    );
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url + healthPath, app);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    url,
    pid: child.pid!,
    output,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

/** Runs an app that is expected to end by itself. */
export async function runToEnd(
  app: string,
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawnService(app, env);
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

/** Just the process; `PATH` and `HOME` are all it gets of our environment. */
export function spawnService(app: string, env: Record<string, string>): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  return spawn(process.execPath, ["--conditions=development", `${appsFolder}/${app}/src/main.ts`], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function untilReady(url: string, app: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(20);
  }
  throw new Error(`${app} was not ready within ${readyWithinMs} ms`);
}

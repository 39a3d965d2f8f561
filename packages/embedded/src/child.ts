// A server as a child process: started until it says that it is ready, ended step by step. It knows no server by name.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { spawnCommand, type Command } from "./command.ts";

export interface ChildOptions {
  /** Matches the line that says it is ready. */
  ready: RegExp;
  readyMsMax: number;
  /** Sent when our own process exits without having ended the child. */
  exitSignal: NodeJS.Signals;
  /** Given every line of its output. */
  log?: ((line: string) => void) | undefined;
}

export interface Child {
  pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<void>;
  kill: (signal: NodeJS.Signals) => void;
}

/** A signal, and how long to wait for the end after it before the next one. */
export type EndingStep = readonly [signal: NodeJS.Signals, msMax: number];

/** The server did not become ready. */
export class StartFault extends Error {
  override readonly name = "StartFault";
  /** The last lines it printed, and why it was given up, if that was us. */
  readonly lastLines: string[];

  constructor(lastLines: string[]) {
    super(lastLines.join("\n"));
    this.lastLines = lastLines;
  }
}

const lastLinesMax = 6;

/** @throws StartFault when it ends, or takes too long, before it is ready */
export async function startChild(command: Command, options: ChildOptions): Promise<Child> {
  const server = spawnCommand(command, true);
  const kill = (signal: NodeJS.Signals) => void server.kill(signal);
  const exited = ended(server, "exit");
  const closed = ended(server, "close"); // its last lines have been read, too
  endWithUs(() => kill(options.exitSignal), exited);

  const lastLines: string[] = [];
  const ready = new Promise<"ready">((resolve) => {
    for (const input of [server.stdout, server.stderr])
      createInterface({ input }).on("line", (line) => {
        lastLines.push(line);
        if (lastLines.length > lastLinesMax) lastLines.shift();
        options.log?.(line);
        if (options.ready.test(line)) resolve("ready");
      });
  });
  server.once("error", (error) => lastLines.push(error.message));
  const outcome = await within(options.readyMsMax, Promise.race([ready, closed.then(() => "closed" as const)]));
  if (outcome === "ready") return { pid: server.pid!, exited, kill };
  if (outcome === undefined) {
    kill("SIGKILL");
    lastLines.push(`(not ready after ${options.readyMsMax} ms)`);
  }
  throw new StartFault(lastLines);
}

/** Ends a child; resolves at once when it has ended already, and when the last step has not helped. */
export async function endChild({ exited, kill }: Child, steps: readonly EndingStep[]): Promise<void> {
  const gone = exited.then(() => true);
  for (const [signal, msMax] of steps) {
    kill(signal);
    if (await within(msMax, gone)) return;
  }
}

/** A program that could not be started has ended as well. */
async function ended(child: NodeJS.EventEmitter, event: "exit" | "close"): Promise<void> {
  await once(child, event).catch(() => {});
}

function endWithUs(end: () => void, exited: Promise<void>): void {
  process.once("exit", end);
  void exited.then(() => process.off("exit", end));
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  return Promise.race([promise, late]).finally(() => timer.abort());
}

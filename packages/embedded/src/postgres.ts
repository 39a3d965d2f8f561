// A real PostgreSQL as a child process, for this machine only. It must not know what is stored in it.
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Client } from "pg";
import { findBinaries } from "./binaries.ts";
import { endChild, startChild, StartFault, type Child } from "./child.ts";
import type { Command } from "./command.ts";
import { passwordFileOf, prepareDataDir, superuser } from "./data-dir.ts";
import { EmbeddedFault } from "./fault.ts";
import { endLeftBehind, ownerSetting, postmasterEnding } from "./left-behind.ts";
import { portTaken, startOnPort } from "./on-port.ts";
import { chooseRunAs } from "./run-as.ts";

export interface PostgresOptions {
  /** Made on first use; the password is kept beside it, in `<dataDir>.password`. */
  dataDir: string;
  /** A free one if missing. */
  port?: number;
  /** Given every line PostgreSQL logs. */
  log?: (line: string) => void;
  /** PostgreSQL's own settings by name. Commits are on disk when they return, unless these say otherwise. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** The superuser's, of the maintenance database. */
  url: string;
  port: number;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** Ends open connections and writes everything out; resolves at once if it has ended already. */
  stop: () => Promise<void>;
  /** Sends the postmaster a signal, for whoever tests what happens then. */
  kill: (signal: NodeJS.Signals) => void;
}

const defaultSettings = {
  fsync: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  log_checkpoints: "off",
  // What is stored must not reach a log: neither statements nor the details of errors
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};
/** A crashed one replays its log first, which takes a while. */
const readyMsMax = 120_000;
const invalidPassword = "28P01";
/** Children of a killed postmaster hold its shared memory until they notice. */
const predecessorDying = /pre-existing shared memory|lock file "postmaster\.pid"/;

/**
 * Listens on 127.0.0.1 only, no Unix socket, with a password. A server left behind in the same folder is ended first.
 * @throws EmbeddedFault, one sentence for people
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await locate(options.dataDir);
  const { initdb, postgres } = await findBinaries();
  const as = await chooseRunAs(postgres, dirname(dataDir));
  await endLeftBehind(dataDir);
  const password = await prepareDataDir(dataDir, initdb, as);
  const { child, port } = await startOnPort({ port: options.port, mayPass: predecessorDying }, (free) =>
    start(as.command(postgres, ["-D", dataDir, ...settingArgs(options.settings, free)]), options.log),
  ).catch((error: unknown) => {
    throw error instanceof StartFault ? explain(error, dataDir, options.port) : error;
  });
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
  const stop = () => endChild(child, postmasterEnding);
  await checkPassword(url, dataDir).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, port, pid: child.pid, exited: child.exited, stop, kill: child.kill };
}

/** One spelling for one folder: its path is how a server left behind is recognised. */
async function locate(dataDir: string): Promise<string> {
  const parent = dirname(resolve(dataDir));
  try {
    await mkdir(parent, { recursive: true });
    return join(await realpath(parent), basename(resolve(dataDir)));
  } catch (error) {
    throw new EmbeddedFault(`The database folder ${dataDir} cannot be made: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function start(command: Command, log: PostgresOptions["log"]): Promise<Child> {
  const ready = /database system is ready to accept connections/;
  return startChild(command, { ready, readyMsMax, exitSignal: "SIGINT", log });
}

/** Who may reach it is not for the caller to change: only this machine, and not without the password. */
function settingArgs(settings: PostgresOptions["settings"], port: number): string[] {
  const all = {
    [ownerSetting]: process.pid,
    ...defaultSettings,
    ...settings,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port,
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function explain(fault: StartFault, dataDir: string, port: number | undefined): EmbeddedFault {
  const sentence = portTaken.test(fault.message)
    ? `PostgreSQL cannot listen on port ${port} because another program does: choose another port`
    : `PostgreSQL did not start in ${dataDir}`;
  return new EmbeddedFault(`${sentence}; it said: ${fault.lastLines.join(" / ")}`, { cause: fault });
}

async function checkPassword(url: string, dataDir: string): Promise<void> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
  } catch (error) {
    const sentence =
      (error as { code?: string }).code === invalidPassword
        ? `PostgreSQL in ${dataDir} refuses the password of ${passwordFileOf(dataDir)}: put the right file back.`
        : `PostgreSQL started in ${dataDir} but cannot be reached: ${(error as Error).message}.`;
    throw new EmbeddedFault(sentence, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

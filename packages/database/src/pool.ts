// A pool of connections in which every wait has an end.
import type { Log } from "@parley/service";
import { Pool } from "pg";

/** Longest time to connect, or to wait for a free connection, in milliseconds. */
export const connectMs = 5_000;
/** Longest statement, by PostgreSQL's clock, in milliseconds. */
const statementMs = 5_000;
/** Longest answer to wait for, also from a server that no longer sends anything, in milliseconds. */
const queryMs = 6_000;
/** A transaction that somebody forgot ends after this, in milliseconds. */
const idleInTransactionMs = 10_000;
const connectionsMax = 10;

export interface PoolOptions {
  log: Log;
  /** What PostgreSQL's lists of sessions call these connections. */
  name: string;
  /** Settings of their sessions, by PostgreSQL's names. */
  settings?: Record<string, string>;
  /** Most connections at once; 10 by default. */
  max?: number | undefined;
}

/** Connects at the first query. A connection that is lost is replaced and never ends the process; an idle one is logged. */
export function createPool(databaseUrl: string, { log, name, settings = {}, max = connectionsMax }: PoolOptions): Pool {
  const { connectionString, options } = withSettings(databaseUrl, settings);
  const pool = new Pool({
    connectionString,
    options,
    max,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: queryMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    application_name: name,
  });
  // The pool listens to idle connections only; one lost between two statements of a transaction would be uncaught.
  pool.on("connect", (client) => client.on("error", () => {})); // Its next statement rejects.
  pool.on("error", (error) => {
    // The pool adds the client: pages of it, and the key by which whoever reads the log could cancel statements.
    Reflect.deleteProperty(error, "client");
    log.warn({ err: error }, "lost an idle connection to PostgreSQL");
  });
  return pool;
}

/** Ours come last and win; what the URL asks for besides is kept, which pg would put in place of ours. */
function withSettings(databaseUrl: string, settings: Record<string, string>) {
  const ours = Object.entries(settings).map(([setting, value]) => `-c ${setting}=${value}`);
  const url = new URL(databaseUrl);
  const theirs = url.searchParams.get("options");
  if (theirs === null) return { connectionString: databaseUrl, options: ours.join(" ") };
  url.searchParams.delete("options");
  return { connectionString: url.href, options: [theirs, ...ours].join(" ") };
}

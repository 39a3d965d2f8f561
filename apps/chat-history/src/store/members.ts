// Which processes share the partitions, and which partitions somebody writes: both are advisory locks, so that whoever
// dies leaves by itself. It must not know how partitions are shared.
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { closeMs, connect, connectMs, lockClass, queryMs } from "./writer.ts";

/** First half of a member's advisory lock ("prlm"); the second is when it joined, so that the oldest come first. */
const memberClass = 0x70726c6d;
/** 1 January 2025, in seconds: what joining is counted from, to fit into 31 bits. */
const epochSeconds = 1_735_689_600;

/** Like the writer's: a stopped process is a member no longer. Short: this connection asks twice a second. */
const sessionSettings = `
  SET statement_timeout = '5s'; SET idle_session_timeout = '10s';
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`;

export interface MembersView {
  /** How many share the partitions. */
  size: number;
  /** Our place among them, the oldest first; undefined if we are none. */
  rank: number | undefined;
  /** Partitions that somebody writes, we included. */
  taken: Set<number>;
}

export interface Members {
  /** Joins, or leaves, if need be, and looks around. */
  look(isMember: boolean): Promise<MembersView>;
  close(): Promise<void>;
}

const join = `
  SELECT pg_advisory_lock_shared($1::int, (extract(epoch FROM clock_timestamp()) - ${epochSeconds})::int)`;
const leave = `SELECT pg_advisory_unlock_all()`;
const lookAround = `
  SELECT classid = $1::oid AS "isMember", objid::bigint::int AS number, pid = pg_backend_pid() AS "isOurs"
  FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid IN ($1::oid, $2::oid)
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY objid, pid`;

interface LockRow {
  isMember: boolean;
  number: number;
  isOurs: boolean;
}

export async function openMembers(databaseUrl: string): Promise<Members> {
  const client = new Client({
    connectionString: databaseUrl,
    keepAlive: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    application_name: "parley members",
  });
  client.on("error", () => {}); // The next look rejects.
  await connect(client, sessionSettings);
  let joined = false;

  return {
    async look(isMember) {
      if (isMember && !joined) await client.query(join, [memberClass]);
      if (!isMember && joined) await client.query(leave);
      joined = isMember;
      const { rows } = await client.query<LockRow>(lookAround, [memberClass, lockClass]);
      const members = rows.filter((row) => row.isMember);
      const place = members.findIndex((row) => row.isOurs);
      const taken = new Set(rows.filter((row) => !row.isMember).map((row) => row.number));
      return { size: members.length, rank: place < 0 ? undefined : place, taken };
    },
    close: () => Promise.race([client.end(), sleep(closeMs, undefined, { ref: false })]),
  };
}

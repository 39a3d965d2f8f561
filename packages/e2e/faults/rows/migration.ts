// F-58: the schema changes under the services that use it.
import { setTimeout as sleep } from "node:timers/promises";
import { fillBigRoom } from "../big-room.ts";
import { describeRefusals, lostConnections } from "../figures.ts";
import type { Row } from "../row.ts";

const rowsWanted = 1_000_000;
/** As a migration should: who cannot have a lock at once gives way to who holds it, and tries again. */
const lockMs = 200;
const triesMax = 50;

const steps = [
  "ALTER TABLE chat.message ADD COLUMN later jsonb",
  "ALTER TABLE chat.message ADD COLUMN marked boolean NOT NULL DEFAULT false",
  "ALTER TABLE chat.room ADD COLUMN later text NOT NULL DEFAULT ''",
  "CREATE INDEX CONCURRENTLY message_sender ON chat.message (sender, created_at)",
  "CREATE INDEX CONCURRENTLY room_later ON chat.room (later)",
];

export const migration: Row = {
  id: "F-58",
  title: "columns and, concurrently, indexes are added to the tables of messages and rooms",
  rounds: 1,
  normalWithinMs: 0,
  openStack: async () => ({}),
  async run({ stack, fault, lastingMs, tell, fact, bound }) {
    const count = Math.max(50_000, Math.round((rowsWanted * lastingMs(1)) / 1_000));
    await fillBigRoom(stack.pool, count);
    tell(`${count} rows are there`);
    await sleep(lastingMs(20)); // Filling them was a fault of its own.
    const client = await stack.pool.connect();
    fault.startMs = performance.now();
    let waits = 0;
    for (const step of steps) {
      await client.query(`SET lock_timeout = ${step.startsWith("ALTER") ? lockMs : 0}`);
      for (let tries = 1; ; tries++) {
        const failure = await client.query(step).then(
          () => undefined,
          (error: { code?: string }) => error,
        );
        if (!failure) break;
        if (failure.code !== "55P03" || tries === triesMax) throw failure;
        waits++;
        await sleep(lockMs);
      }
      tell(step);
    }
    fault.endMs = performance.now();
    client.release(true);
    const tookS = (fault.endMs - fault.startMs) / 1_000;
    fact(`${steps.length} steps on ${count} rows took ${tookS.toFixed(1)} s, ${waits} times without the lock`);
    const invalid = await stack.pool.query("SELECT FROM pg_index WHERE NOT indisvalid");
    bound("indexes that are not valid", invalid.rowCount ?? 0, 0, "");
  },
  judge({ load, fault, loadEndMs, timeline, bound }) {
    const span = { startMs: fault.startMs, endMs: loadEndMs };
    const { receiptP99, previewP99 } = timeline.speed(span.startMs, span.endMs);
    bound("p99 of receipts from then on", receiptP99, 500, "ms");
    bound("p99 preview from then on", previewP99, 200, "ms");
    bound("connections lost", lostConnections(load.recording, span).length, 0, "");
    const refused = describeRefusals(load.recording, span);
    bound(`refused (${refused}), of kinds`, refused === "none" ? 0 : refused.split(", ").length, 0, "");
  },
};

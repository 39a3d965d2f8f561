// F-36 and F-37: many who read history, and much to read.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { percentile } from "../../src/counting-reader.ts";
import { bigRoom, fillBigRoom } from "../big-room.ts";
import type { Row } from "../row.ts";
import { sampleHttp, startSampling } from "../sampling.ts";

const run = promisify(execFile);
const storm = fileURLToPath(new URL("../read-storm.ts", import.meta.url));

export const poolExhausted: Row = {
  id: "F-36",
  title: "500 history reads at once for 20 s",
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack, load, fault, lastingMs, fact }) {
    const url = `${stack.historyUrl}/${load.rooms[0]}/messages?limit=200`;
    fault.startMs = performance.now();
    const seconds = String(lastingMs(20) / 1_000);
    const { stdout } = await run(process.execPath, [
      "--conditions=development",
      storm,
      url,
      load.reader.token,
      "500",
      seconds,
    ]);
    fault.endMs = performance.now();
    const { count, p99, statuses } = JSON.parse(stdout);
    fact(`${count} reads, p99 ${Math.round(p99)} ms, ${JSON.stringify(statuses)}`);
  },
  judge: ({ timeline, fault, bound }) =>
    bound("p99 of receipts meanwhile", timeline.speed(fault.startMs, fault.endMs).receiptP99, 500, "ms"),
};

const rowsWanted = 1_000_000;
export const bigTable: Row = {
  id: "F-37",
  title: "a large table, REINDEX and VACUUM while pages are read",
  rounds: 1,
  normalWithinMs: 10_000,
  openStack: async () => ({}),
  async run({ stack, load, fault, lastingMs, tell, fact, bound }) {
    const count = Math.max(50_000, Math.round((rowsWanted * lastingMs(1)) / 1_000));
    await fillBigRoom(stack.pool, count);
    tell(`${count} rows are there`);
    const page = () =>
      `${stack.historyUrl}/${bigRoom}/messages?before=${1 + Math.floor(Math.random() * count)}&limit=50`;
    const stop = startSampling(20, () => sampleHttp(page(), load.reader.token));
    await stack.pool.query("REINDEX TABLE CONCURRENTLY chat.message");
    await stack.pool.query("VACUUM ANALYZE chat.message");
    const samples = await stop();
    fault.endMs = performance.now();
    fact(`${count} rows, ${samples.length} pages`);
    bound("pages not answered with 200", samples.filter(({ status }) => status !== 200).length, 0, "");
    bound(
      "p99 of a page",
      percentile(
        samples.map(({ tookMs }) => tookMs),
        0.99,
      ),
      100,
      "ms",
    );
    const plan = await stack.pool.query(
      `EXPLAIN SELECT * FROM chat.message WHERE room_id = 'big' AND seq > 1000 ORDER BY seq LIMIT 50`,
    );
    const text = plan.rows.map((row) => row["QUERY PLAN"]).join("\n");
    bound("plans without the (room_id, seq) index", text.includes("message_seq") ? 0 : 1, 0, "");
  },
};

// F-51 and F-52: clocks that are wrong, and one that steps back.
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFaketime } from "../faketime.ts";
import { lostConnections } from "../figures.ts";
import type { Aftermath, Row } from "../row.ts";

const offsets = ["+90s", "-90s", "+1d"];

export const wrongClock: Row = {
  id: "F-51",
  title: `the clock of one chat-ws is wrong by ${offsets.join(", ")}`,
  rounds: 1,
  async run({ stack, load, fault, lastingMs, fact, bound }) {
    const library = await findFaketime();
    const gateway = stack.gateways[0]!;
    for (const offset of offsets) {
      await gateway.end("SIGTERM");
      gateway.start({
        LD_PRELOAD: library,
        FAKETIME: offset,
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        DONT_FAKE_MONOTONIC: "1",
      });
      await gateway.untilReady();
      for (const client of load.clients.slice(0, 30)) client.reconnect();
      const startMs = performance.now();
      await sleep(lastingMs(25));
      const span = { startMs, endMs: performance.now() };
      const connections = load.recording.connections.filter(
        (connection) => connection.gateway === gateway.url && connection.startedMs > span.startMs,
      );
      const refused = connections.filter(({ connectedMs }) => connectedMs === undefined);
      const codes = [...new Set(refused.map(({ error }) => error))].join(", ");
      fact(`${offset}: ${refused.length} of ${connections.length} CONNECTs refused${codes && ` (${codes})`}`);
      bound(
        `${offset}: connections lost`,
        lostConnections(load.recording, span).filter(({ connectedMs }) => connectedMs! < span.startMs).length,
        0,
        "",
      );
    }
    await gateway.end("SIGTERM");
    gateway.start();
    await gateway.untilReady();
    fault.endMs = performance.now();
  },
  judge: judgeCreated,
};

let clockFile: string;

export const clockStepsBack: Row = {
  id: "F-52",
  title: "the clocks of all services step back by an hour",
  rounds: 1,
  normalWithinMs: 5_000,
  async openStack() {
    clockFile = join(tmpdir(), `parley-clock-${process.pid}`);
    await writeFile(clockFile, "+0");
    const env = {
      LD_PRELOAD: await findFaketime(),
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
    return { gatewayEnv: () => env, historyEnv: env, authEnv: env, release: () => rm(clockFile) };
  },
  async run({ fault, lastingMs }) {
    await writeFile(clockFile, "-1h");
    fault.startMs = performance.now();
    await sleep(lastingMs(30));
    fault.endMs = performance.now();
  },
  judge(context) {
    const { load, fault, bound } = context;
    bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
    return judgeCreated(context);
  },
};

/** `createdAt` is PostgreSQL's: with seq it does not step back by more than a second. */
async function judgeCreated({ stack, load, bound }: Aftermath): Promise<void> {
  const { rows } = await stack.pool.query(
    `SELECT coalesce(max(extract(epoch FROM before - created_at)), 0)::float8 AS back
     FROM (SELECT created_at, lag(created_at) OVER (PARTITION BY room_id ORDER BY seq) AS before
           FROM chat.message WHERE room_id = ANY ($1)) AS pairs`,
    [load.rooms],
  );
  bound("createdAt steps back by", Math.max(0, rows[0].back), 1, "s");
}

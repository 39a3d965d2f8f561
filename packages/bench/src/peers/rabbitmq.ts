// RabbitMQ's Web STOMP, where `rabbitmq-server` is installed: a node of its own, with nothing but that plugin.
import { execFile, spawn } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { pin } from "../cpu.ts";
import type { Peer } from "./peer.ts";

const file = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/** Three ports for each start: a node that was killed may keep its own for a while. */
const firstPort = 26_000;
let starts = 0;
const readyMsMax = 60_000;
const run = promisify(execFile);

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

/** The Erlang machine: the script that starts it only waits for it. */
async function findBeam(marker: string): Promise<number> {
  const { stdout } = await run("pgrep", ["-f", `beam.*${marker}`]);
  return Number(stdout.trim().split("\n")[0]);
}

export const rabbitmq: Peer = {
  dialect: "rabbitmq",
  absent: () =>
    access(file).then(
      () => undefined,
      () => "not installed",
    ),
  async start() {
    const folder = await mkdtemp(join(tmpdir(), "parley-bench-rabbitmq-"));
    starts++;
    const [amqpPort, webStompPort, distPort] = [0, 1, 2].map((n) => firstPort + 3 * starts + n) as [
      number,
      number,
      number,
    ];
    const name = `bench${process.pid}x${starts}@localhost`;
    await writeFile(join(folder, "plugins"), "[rabbitmq_web_stomp].");
    await writeFile(
      join(folder, "rabbitmq.conf"),
      `listeners.tcp.default = 127.0.0.1:${amqpPort}\nweb_stomp.tcp.listener = 127.0.0.1:${webStompPort}\nstomp.listeners.tcp = none\n`,
    );
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      RABBITMQ_NODENAME: name,
      RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
      RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
      RABBITMQ_DIST_PORT: String(distPort),
    };
    const child = spawn(file, [], { env, stdio: "ignore", detached: true });
    for (const untilMs = performance.now() + readyMsMax; !(await isListening(webStompPort));) {
      if (performance.now() > untilMs || child.exitCode !== null) throw new Error("RabbitMQ did not start");
      await sleep(200);
    }
    const pid = await findBeam(basename(folder));
    pin(pid, 0);
    return {
      ports: [webStompPort],
      relayPids: [pid],
      storePids: [],
      serverPid: pid,
      async stop() {
        process.kill(pid, "SIGKILL");
        while (await isListening(webStompPort)) await sleep(100);
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  },
};

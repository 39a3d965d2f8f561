// Rolling updates of the running set while people talk: to an image that works, and to one that does not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectStompjs } from "../src/stompjs-client.ts";
import { signUp } from "../src/accounts.ts";
import { runTraffic, type TrafficReport } from "../src/traffic.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const [origin = "", works = "", broken = ""] = process.argv.slice(2);
const awayMsMax = 10_000;
const faults: string[] = [];

async function deploy(TAG: string): Promise<number> {
  const child = spawn(join(root, "infra/deploy.sh"), {
    cwd: root,
    env: { ...process.env, TAG },
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.stdout
    .setEncoding("utf8")
    .on("data", (text: string) => process.stdout.write(text.replace(/^/gm, "    ").trimEnd() + "\n"));
  const [code] = (await once(child, "exit")) as [number];
  return code;
}

function judge(what: string, report: TrafficReport): void {
  const { sent, missing, doubled, awayMsMax: away, storedMsMax, isSameForAll } = report;
  console.log(
    `  ${what}: ${sent} sent, ${missing.length} missing, ${doubled.length} doubled; a client was away for ${away} ms ` +
      `at most, a message stored after ${storedMsMax} ms at most; ${isSameForAll ? "all show the same" : "NOT all show the same"}`,
  );
  if (missing.length + doubled.length > 0 || !isSameForAll || away > awayMsMax) faults.push(what);
}

/** Over two WebSockets that nginx gives to two instances. */
async function sayAcrossInstances(): Promise<void> {
  const people = await Promise.all([signUp(`${origin}/auth`, "Alice", 10), signUp(`${origin}/auth`, "Bob", 10)]);
  const clients = await Promise.all(people.map((person) => connectStompjs(origin, person)));
  const inbox = await clients[1]!.subscribe("containers");
  await clients[0]!.send({ roomId: "containers", content: "through nginx" });
  await inbox.until((all) => all.length > 0);
  await Promise.all(clients.map((client) => client.close()));
  console.log("  a message went through nginx from one chat-ws to another");
}

await sayAcrossInstances();
let code = 0;
judge("update", await runTraffic(origin, async () => (code = await deploy(works))));
if (code !== 0) faults.push("the update did not succeed");
judge("broken image", await runTraffic(origin, async () => (code = await deploy(broken))));
if (code === 0) faults.push("the broken image was taken for a good one");
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);

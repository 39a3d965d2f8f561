// A real nginx with the configuration of infra/nginx, in front of running services.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "@parley/embedded";

const configuration = fileURLToPath(new URL("../../../infra/nginx", import.meta.url));
const webFolder = fileURLToPath(new URL("../../../apps/web/dist", import.meta.url));

/** Where each service runs, as URLs. */
export interface Upstreams {
  gateways: string[];
  histories: string[];
  auths: string[];
}

export interface Nginx {
  url: string;
  /** Its access log, and what it printed of errors. */
  readLog(): Promise<string>;
  stop(): Promise<void>;
}

export async function startNginx(upstreams: Upstreams): Promise<Nginx> {
  const program = await findProgram({
    names: ["nginx"],
    debianPackage: "nginx-light",
    missing: "There is no nginx on PATH: install one (apt-get install nginx-light).",
  });
  const folder = await mkdtemp(join(tmpdir(), "parley-nginx-"));
  const port = await findFreePort();
  await cp(configuration, folder, { recursive: true });
  await cp(webFolder, join(folder, "web"), { recursive: true });
  await mkdir(join(folder, "run"));
  await writeFile(join(folder, "upstreams.conf"), formatUpstreams(upstreams));
  await writeFile(join(folder, "listen.conf"), `listen 127.0.0.1:${port};\n`);

  // Run by root, its workers are too: the folder is nobody else's.
  const user = process.getuid?.() === 0 ? "user root; " : "";
  const directives = `${user}daemon off; master_process on;`;
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf", "-e", "stderr", "-g", directives]);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([answers(url), ended.then(() => Promise.reject(new Error(`nginx ended:\n${output.join("")}`)))]);
  return {
    url,
    readLog: async () => (await readFile(join(folder, "run/access.log"), "utf8")) + output.join(""),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One instance after the other; a SockJS session always the same one. */
function formatUpstreams({ gateways, histories, auths }: Upstreams): string {
  const servers = (urls: string[]) => urls.map((url) => `  server ${new URL(url).host} max_fails=1 fail_timeout=2s;`);
  const upstream = (name: string, urls: string[], ...how: string[]) =>
    [`upstream ${name} {`, ...how.map((line) => `  ${line}`), ...servers(urls), "  keepalive 64;", "}", ""].join("\n");
  return [
    upstream("chat_ws", gateways),
    upstream("chat_ws_sockjs", gateways, "hash $sockjs_session consistent;"),
    upstream("chat_history", histories),
    upstream("chat_auth", auths),
  ].join("\n");
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url: string): Promise<void> {
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 20));
}

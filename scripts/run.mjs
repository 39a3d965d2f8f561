// Installs what the lockfile names, then runs one pnpm script. Works on any Node from 20 with nothing but npm.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
const env = Object.fromEntries(inherited);
const npx = process.platform === "win32" ? "npx.cmd" : "npx";

function pnpm(...args) {
  const { status } = spawnSync(npx, ["--yes", packageManager, ...args], { cwd: root, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group: let what runs below finish cleanly first.
pnpm("install", "--frozen-lockfile", "--reporter=append-only");
pnpm("run", ...process.argv.slice(2));

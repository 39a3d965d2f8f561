// Installs what the lockfile names, unless that is done, then runs one script of package.json on the Node that was
// installed. Works on any Node from 20 with nothing but npm. It knows no script by name.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
// npm hands its own settings down; what the user set up for the network stays
const inherited = Object.entries(process.env).filter(
  ([name]) => !/^npm_(?!config_(registry|cafile|.*proxy|strict_ssl)$)/i.test(name),
);
const pnpmFolder = join(root, "node_modules", ".tools", packageManager);
const pnpm = join(pnpmFolder, "node_modules", ".bin", "pnpm");
const path = [join(root, "node_modules", ".bin"), join(pnpmFolder, "node_modules", ".bin"), process.env.PATH];
const env = { ...Object.fromEntries(inherited), PATH: path.join(delimiter) };

// Ctrl-C in a terminal reaches the whole group: what runs below ends first. What ends us alone is passed on, once and
// as SIGTERM: a terminal that closes has sent its SIGHUP to all, and a second of the same kind may cut a shutdown short.
let running;
let isPassedOn = false;
process.on("SIGINT", () => process.stdin.isTTY || running?.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    if (!isPassedOn) isPassedOn = running?.kill("SIGTERM") ?? false;
  });

const [target, ...extra] = process.argv.slice(2);
if (scripts[target] === undefined) exitWith(`package.json has no script ${target}`);
await install();
const [program, ...own] = scripts[target].split(" ");
process.exitCode = (await run(program, [...own, ...extra], { stdio: "inherit" })).code;

/** Does nothing when the last install was for the same manifests. */
async function install() {
  const stampFile = join(root, "node_modules", ".installed");
  const stamp = hashManifests();
  const isInstalled = existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  if (isInstalled && existsSync(pnpm)) return;
  console.log("Installing… (about a minute the first time)");
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!existsSync(pnpm)) await runQuietly("npm", ["install", "--prefix", pnpmFolder, ...quiet, packageManager]);
  await runQuietly(pnpm, ["install", "--frozen-lockfile", "--reporter=append-only"]);
  writeFileSync(stampFile, stamp);
}

/** All that decides what is installed. */
function hashManifests() {
  const packages = ["apps", "packages"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, "package.json")),
  );
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const name of [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "package.json",
    ...packages.toSorted((a, b) => a.localeCompare(b)),
  ])
    if (existsSync(join(root, name))) hash.update(name).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

/** Its output is shown only when it fails. */
async function runQuietly(file, args) {
  const { code, output } = await run(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  if (code === 0) return;
  console.error(output);
  exitWith(`Installing failed (the lines above say why). It needs the npm registry, or a mirror of it.`, code);
}

/** The code is as a shell has it: 128 and its number for a signal. */
function run(file, args, options) {
  return new Promise((resolve) => {
    let output = "";
    running = spawn(file, args, { cwd: root, env, ...options });
    for (const stream of [running.stdout, running.stderr])
      stream?.setEncoding("utf8").on("data", (chunk) => (output += chunk));
    running.once("error", (error) => resolve({ code: 1, output: error.message }));
    running.once("close", (code, signal) => resolve({ code: code ?? 128 + constants.signals[signal], output }));
  });
}

function exitWith(sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

// The programs that build and run containers without a Docker engine, from Debian's packages.
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./step.ts";

const packages = [
  "buildah",
  "podman",
  "runc",
  "netavark",
  "aardvark-dns",
  "debootstrap",
  "openssl",
  "xz-utils",
  "curl",
];
const debian = "http://deb.debian.org/debian";

export async function installTools(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("This needs root on Debian: it installs packages and runs containers.");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run(["apt-get", "update"], env);
  await run(["apt-get", "install", "-y", "--no-install-recommends", ...packages], env);
}

/** The compose program itself, which Debian has from 13 on; it needs nothing beside it. */
export async function fetchCompose(folder: string): Promise<string> {
  const program = join(folder, "compose/usr/libexec/docker/cli-plugins/docker-compose");
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  const index = `curl -fsS ${debian}/dists/trixie/main/binary-amd64/Packages.xz | xz -dc`;
  const find = `awk '/^Package: docker-compose$/{p=1} p&&/^Filename:/{print $2}  /^$/{p=0}'`;
  const file = (await run(["sh", "-c", `${index} | ${find}`])).trim();
  await run(["curl", "-fsS", "--output", join(folder, "compose.deb"), `${debian}/${file}`]);
  await run(["dpkg", "-x", join(folder, "compose.deb"), join(folder, "compose")]);
  return program;
}

/** What serves the Docker interface to the compose program; and health checks, which podman leaves to systemd. */
export async function startEngine(folder: string): Promise<{ env: Record<string, string>; stop: () => Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const limits = await readFile("/proc/self/limits", "utf8");
  const files = /Max open files +\d+ +(\d+)/.exec(limits)?.[1] ?? "1024";
  const configuration = join(folder, "containers.conf");
  await writeFile(
    configuration,
    `[engine]\nruntime = "runc"\nevents_logger = "none"\n[containers]\nlog_driver = "k8s-file"\n` +
      `default_ulimits = ["nofile=${files}:${files}", "nproc=4096:4096"]\n`,
  );
  const socket = join(folder, "podman.sock");
  await rm(socket, { force: true });
  const env = { CONTAINERS_CONF: configuration, DOCKER_HOST: `unix://${socket}` };
  const ended = new AbortController();
  const background = [
    ["podman", "system", "service", "--time", "0", `unix://${socket}`],
    ["sh", "-c", "while sleep 1; do podman ps -q | xargs -r -n 1 podman healthcheck run; done"],
  ] as [string, ...string[]][];
  const { spawn } = await import("node:child_process");
  for (const [file, ...args] of background)
    spawn(file, args, { env: { ...process.env, ...env }, stdio: "ignore", signal: ended.signal }).on("error", () => {});
  while (
    !(await access(socket).then(
      () => true,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  return { env, stop: async () => ended.abort() };
}

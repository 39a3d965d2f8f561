// Images where none can be pulled: a Debian root with Node stands in for Node's, nginx's, Redis's and PostgreSQL's, and
// Parley's own are built on it from infra/Dockerfile as it is.
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBinaries } from "@parley/embedded";
import { run } from "./step.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
export const apps = ["chat-auth", "chat-history", "chat-ws", "web"] as const;
export const registry = "docker.io/parley";
export const standIns = { node: "localhost/parley-base/node:24", tools: "localhost/parley-base/tools:12" };
export const postgresImage = "localhost/parley-base/postgres:18";

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** Debian 12 with this machine's Node 24 and npm, and the certificates that it trusts. */
export async function makeNodeImage(folder: string): Promise<void> {
  const debian = join(folder, "root");
  await rm(debian, { recursive: true, force: true });
  await mkdir(debian, { recursive: true });
  await run(["debootstrap", "--variant=minbase", "--include=ca-certificates,libatomic1", "bookworm", debian]);
  await cp(process.execPath, join(debian, "usr/local/bin/node"), { dereference: true });
  const npm = dirname(dirname((await run(["sh", "-c", 'readlink -f "$(command -v npm)"'])).trim()));
  await cp(npm, join(debian, "usr/local/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"])
    await run(["ln", "-sf", `../lib/node_modules/npm/bin/${name}-cli.js`, join(debian, "usr/local/bin", name)]);
  await cp(certificates, join(debian, certificates));
  for (const extra of [
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "var/cache/apt/archives",
    "var/lib/apt/lists",
  ])
    for (const entry of await readdir(join(debian, extra)).catch(() => []))
      await rm(join(debian, extra, entry), { recursive: true, force: true });
  await commit("scratch", standIns.node, [
    ["add", "--quiet", "$container", debian, "/"],
    ["config", "--env", `NODE_EXTRA_CA_CERTS=${certificates}`, "$container"],
  ]);
}

/** nginx and Redis from Debian's packages; PostgreSQL from the one that npm has. */
export async function makeToolImages(): Promise<void> {
  const install = "apt-get update && apt-get install -y --no-install-recommends nginx-light redis-server";
  const inside = (script: string) => [
    "run",
    "--isolation",
    "chroot",
    "--network",
    "host",
    "$container",
    "sh",
    "-c",
    script,
  ];
  await commit(standIns.node, standIns.tools, [inside(install)]);
  const { postgres } = await findBinaries();
  await commit(standIns.tools, postgresImage, [
    ["copy", "--quiet", "$container", dirname(dirname(postgres)), "/usr/local/pgsql"],
    ["copy", "--quiet", "$container", join(here, "start-postgres.sh"), "/usr/local/bin/"],
    ["copy", "--quiet", "$container", join(here, "pg_isready.cjs"), "/usr/local/bin/pg_isready"],
    inside("useradd --uid 999 postgres"),
    [
      "config",
      "--env",
      "PATH=/usr/local/pgsql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "$container",
    ],
    ["config", "--env", "LD_LIBRARY_PATH=/usr/local/pgsql/lib", "--volume", "/var/lib/postgresql", "$container"],
    ["config", "--cmd", "start-postgres.sh", "$container"],
  ]);
}

export async function buildImage(app: (typeof apps)[number], tag: string): Promise<void> {
  const target = app === "web" ? "web" : "service";
  const values = { APP: app, NODE_IMAGE: standIns.node, NGINX_IMAGE: standIns.tools, REVISION: tag };
  const how = ["--isolation", "chroot", "--network", "host", "--format", "docker", "--layers"];
  const what = ["--file", "infra/Dockerfile", "--ignorefile", "infra/Dockerfile.dockerignore", "--target", target];
  const given = Object.entries(values).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  await run(["buildah", "bud", ...how, ...what, ...given, "--tag", `${registry}/${app}:${tag}`, "."]);
}

/** The same image under another tag, so that it is something new to who deploys it. */
export async function retag(from: string, to: string): Promise<void> {
  for (const app of apps)
    await commit(`${registry}/${app}:${from}`, `${registry}/${app}:${to}`, [
      ["config", "--label", `tag=${to}`, "$container"],
    ]);
}

/** A chat-ws that starts and never becomes ready. */
export async function breakGateway(from: string, to: string): Promise<void> {
  await retag(from, to);
  const command = 'node -e "setInterval(() => {}, 1000)"';
  await commit(`${registry}/chat-ws:${from}`, `${registry}/chat-ws:${to}`, [
    ["config", "--cmd", command, "$container"],
  ]);
}

/** Megabytes of what a registry would hold: the layers, compressed. */
export async function compressedMegabytes(image: string, folder: string): Promise<number> {
  const file = join(folder, "image.tar");
  await rm(file, { force: true });
  await run(["buildah", "push", image, `docker-archive:${file}`]);
  const bytes = Number(await run(["sh", "-c", `gzip --fast --stdout ${file} | wc -c`]));
  await rm(file);
  return bytes / 1e6;
}

async function commit(from: string, to: string, changes: string[][]): Promise<void> {
  const container = (await run(["buildah", "from", "--quiet", from])).trim();
  for (const change of changes)
    await run(["buildah", ...change.map((part) => (part === "$container" ? container : part))] as [
      string,
      ...string[],
    ]);
  await run(["buildah", "commit", "--quiet", "--format", "docker", container, to]);
  await run(["buildah", "rm", container]);
}

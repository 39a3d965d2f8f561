// `npm run containers`: from nothing on a Debian machine with root to images, the production set started from them,
// messages through it, and rolling updates while people talk. Everything it makes is below PARLEY_CONTAINERS.
import { chmod, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  apps,
  breakGateway,
  buildImage,
  compressedMegabytes,
  makeNodeImage,
  makeToolImages,
  postgresImage,
  registry,
  retag,
  standIns,
} from "./images.ts";
import { run, step } from "./step.ts";
import { fetchCompose, installTools, startEngine } from "./tools.ts";

const folder = process.env["PARLEY_CONTAINERS"] ?? join(tmpdir(), "parley-containers");
const root = fileURLToPath(new URL("../../..", import.meta.url));
const httpsPort = "8443";

process.chdir(root); // As the paths in the compose files and the Dockerfile want it.
await mkdir(folder, { recursive: true });
await step("tools", installTools);
const compose = await step("compose", () => fetchCompose(folder));
await step("a Debian with Node", () => makeNodeImage(folder));
await step("PostgreSQL, Redis, nginx", makeToolImages);
for (const app of apps) await step(`image of ${app}`, () => buildImage(app, "one"));
for (const app of apps) {
  const megabytes = await compressedMegabytes(`${registry}/${app}:one`, folder);
  console.log(`  ${app}: ${megabytes.toFixed(0)} MB compressed`);
}
await step("a second version, and a broken one", async () => {
  await retag("one", "two");
  await breakGateway("two", "broken");
});

const tls = join(folder, "tls");
await step("a certificate", async () => {
  await mkdir(tls, { recursive: true });
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", join(tls, "privkey.pem"), "-out", join(tls, "fullchain.pem")];
  await run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...files]);
  await chmod(join(tls, "privkey.pem"), 0o644); // Read by user 65532 in the container.
});

const engine = await startEngine(folder);
const env = {
  ...engine.env,
  COMPOSE: compose,
  ENGINE: "podman",
  ENV_FILE: "/dev/null",
  READY_SECONDS: "30",
  REGISTRY: registry,
  POSTGRES_IMAGE: postgresImage,
  REDIS_IMAGE: standIns.tools,
  POSTGRES_PASSWORD: "of-a-test",
  REDIS_PASSWORD: "of-a-test",
  SERVICE_TOKEN: "service-token-of-tests",
  ROOMS_AUTO_CREATE: "true", // The people of these tests write in rooms that nobody made.
  TLS_FOLDER: tls,
  HTTPS_PORT: httpsPort,
};
const files = ["-f", "infra/docker-compose.base.yml", "-f", "infra/docker-compose.prod.yml"];
const down = () => run([compose, ...files, "down", "--volumes"], { ...env, TAG: "one" });
try {
  await step("the compose files", async () => {
    await run([compose, "config", "--quiet"]);
    await run([compose, ...files, "config", "--quiet"], { ...env, TAG: "one" });
  });
  await down();
  await step("the production set", () => run(["infra/deploy.sh"], { ...env, TAG: "one" }));
  const rolling = join(root, "packages/e2e/containers/rolling.ts");
  const command: [string, ...string[]] = [
    process.execPath,
    "--conditions=development",
    rolling,
    `https://localhost:${httpsPort}`,
    "two",
    "broken",
  ];
  await run(command, { ...env, NODE_EXTRA_CA_CERTS: join(tls, "fullchain.pem") }, true);
  console.log("all of it works");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await down().catch(() => {});
  await engine.stop();
}

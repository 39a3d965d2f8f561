// The one-command start with a folder of its own, which can be killed and started again on the same port.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unhurried } from "./cluster.ts";
import { startService } from "./service-process.ts";

export interface LocalServer {
  /** The same after each start. */
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** On the same port, with the same data. */
  restart(env?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

export async function startLocalServer(first: Record<string, string> = {}): Promise<LocalServer> {
  const folder = await mkdtemp(join(tmpdir(), "parley-"));
  const start = (env: Record<string, string>) =>
    startService("local", { PARLEY_DATA: folder, ...unhurried, ...env }, "/health");
  let service = await start({ PORT: "0", ...first });
  const url = service.url.replace("127.0.0.1", "localhost");
  return {
    url,
    kill: async () => void (await service.end("SIGKILL")),
    stop: async () => void (await service.end("SIGTERM")),
    async restart(env = {}) {
      service = await start({ PORT: new URL(url).port, ...env });
    },
    async close() {
      await service.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

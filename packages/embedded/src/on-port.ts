// Starts a server on the port that was asked for, or on a free one of 127.0.0.1. It knows no server by name.
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { StartFault, type Child } from "./child.ts";

export interface OnPortOptions {
  /** A free one if missing. */
  port: number | undefined;
  /** Matches last lines of a start that may succeed if tried again. */
  mayPass?: RegExp;
}

const retryMsMax = 10_000;
const retryMs = 200;
/** As PostgreSQL and Redis put it. */
export const portTaken = /Address already in use/;

/** @throws StartFault that will not pass by itself, or has not within ten seconds */
export async function startOnPort({ port: wanted, mayPass }: OnPortOptions, start: (port: number) => Promise<Child>) {
  const deadline = performance.now() + retryMsMax;
  for (;;) {
    const port = wanted ?? (await findFreePort());
    try {
      return { child: await start(port), port };
    } catch (error) {
      if (!(error instanceof StartFault) || performance.now() > deadline) throw error;
      const lostRace = wanted === undefined && portTaken.test(error.message);
      if (!lostRace && !mayPass?.test(error.message)) throw error;
      await delay(retryMs);
    }
  }
}

/** Another process may take it before the server does. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

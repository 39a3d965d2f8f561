// A place that issues tokens without accounts, for tests and measurements: its keys where verifiers look for them, and nothing
// that has ended.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Identity } from "@parley/contracts";
import { generateSigningKey, publicJwks } from "./keys.ts";
import { createSigner } from "./sign.ts";

export interface Issuer {
  /** As AUTH_URL has it. */
  url: string;
  /** Signs as chat-auth does by default. */
  sign(who: Pick<Identity, "accountId" | "name"> & { sid?: string }): Promise<string>;
  close(): Promise<void>;
}

const answers: Record<string, unknown> = {
  "/internal/revocations": { revocations: [], position: 0 },
  "/internal/accounts/changes": { changes: [], position: 0 },
  "/internal/audit": { events: [], position: 0 },
};

/** What is answered to a question behind a position; undefined: nothing of its own. What it throws is answered as 503. */
export type Answer = (path: string, after: number) => unknown;

/**
 * @param lifetimeSeconds how long its tokens are good for
 * @param answer before anything else
 */
export async function startIssuer(lifetimeSeconds?: number, answer: Answer = () => undefined): Promise<Issuer> {
  const key = await generateSigningKey();
  const jwks = publicJwks([key]);
  const server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://issuer");
    response.setHeader("content-type", "application/json");
    try {
      response.end(JSON.stringify(answer(pathname, Number(searchParams.get("after"))) ?? answers[pathname] ?? jwks));
    } catch {
      response.writeHead(503).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const signer = createSigner({ key, issuer: "parley", audience: "parley", lifetimeSeconds });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sign: async ({ accountId, name, sid = `login of ${accountId}` }) =>
      (await signer.sign({ accountId, name, sid })).token,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

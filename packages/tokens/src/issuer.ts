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

/** @param lifetimeSeconds how long its tokens are good for */
export async function startIssuer(lifetimeSeconds?: number): Promise<Issuer> {
  const key = await generateSigningKey();
  const jwks = publicJwks([key]);
  const server = createServer(({ url = "" }, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[url.split("?", 1)[0]!] ?? jwks));
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

// Writes down who was refused what, where it is about rights. How often one may ask is counted before.
import { Refusal } from "@parley/contracts";
import { identityOf, type Log } from "@parley/service";
import type { Request, RequestHandler } from "express";
import type { Pool } from "pg";
import { writeAudit } from "../store/audit.ts";

interface Options {
  pool: Pool;
  /** Where a request comes from, as trusted proxies have it. */
  addressOf: (request: Request) => string;
  log: Log;
}

/** @param handler of a route that an account has called */
export function audited({ pool, addressOf, log }: Options, handler: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      if (error instanceof Refusal && error.code === "FORBIDDEN")
        await writeAudit(pool, {
          action: "access.refused",
          actor: identityOf(response).accountId,
          target: param(request, "accountId"),
          roomId: param(request, "roomId"),
          address: addressOf(request),
          detail: `${request.method} ${request.route.path}`,
        }).catch((fault: unknown) => log.warn({ err: fault }, "a refusal was not written down"));
      throw error;
    }
  };
}

/** Valid: whatever is not was refused as such. */
function param({ params }: Request, name: string): string | undefined {
  const value = params[name];
  return typeof value === "string" ? value : undefined;
}

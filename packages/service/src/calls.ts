// How services call each other's /internal: with the service token, a deadline, and answers that are checked.
import { Refusal } from "@parley/contracts";
import type { z } from "zod";

export type InternalCall = <S extends z.ZodType>(path: string, answer: S, init?: RequestInit) => Promise<z.infer<S>>;

const requestMs = 5_000;

/**
 * @param name of the service that is called, for messages
 * The call throws Refusal UNAVAILABLE, whatever goes wrong.
 */
export function createInternalCall(baseUrl: string, serviceToken: string, name: string): InternalCall {
  const base = baseUrl.replace(/\/$/, "");
  const headers = { authorization: `Bearer ${serviceToken}`, "content-type": "application/json" };
  return async (path, answer, init = {}) => {
    try {
      const response = await fetch(base + path, { ...init, headers, signal: AbortSignal.timeout(requestMs) });
      if (!response.ok) throw new Error(`${name} answered ${response.status}`);
      return answer.parse(await response.json());
    } catch (error) {
      const refusal = new Refusal("UNAVAILABLE", `${name} did not answer`);
      refusal.cause = error;
      throw refusal;
    }
  };
}

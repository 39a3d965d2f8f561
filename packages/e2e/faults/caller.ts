// Asks a service over HTTP, on a new connection each time or always on the same: what it gets.
import { Agent, get } from "node:http";

/** A status, `closed`, or `no answer` after so many milliseconds. */
export type Call = () => Promise<string>;

const answerMsMax = 5_000;

/** @param path that needs no token */
export function createCall(url: string, path: string, { keepsConnection }: { keepsConnection: boolean }): Call {
  const agent = new Agent(keepsConnection ? { keepAlive: true, maxSockets: 1 } : { keepAlive: false });
  return () =>
    new Promise((resolve) => {
      const request = get(`${url}${path}`, { agent, timeout: answerMsMax }, (response) => {
        response.resume();
        response.once("close", () => resolve(String(response.statusCode)));
      });
      request.once("timeout", () => {
        resolve("no answer");
        request.destroy();
      });
      request.once("error", () => resolve("closed"));
    });
}

/** `12 × 200, 3 × closed` */
export function describeCalls(answers: string[]): string {
  const groups = Map.groupBy(answers, (answer) => answer);
  return [...groups].map(([answer, all]) => `${all.length} × ${answer}`).join(", ");
}

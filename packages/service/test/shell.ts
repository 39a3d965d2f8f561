// A service with nothing but the shell, and routes that say what a route would see; its log is kept.
import { Refusal } from "@parley/contracts";
import { createHttp, createLog, createMetrics, identityOf, requireAccount, requireService } from "../src/index.ts";
import request from "supertest";

export const serviceToken = "0123456789abcdef";

export function createShell() {
  const lines: string[] = [];
  const waiting: string[] = [];
  const server = createHttp({
    log: createLog("test", "debug", { write: (line) => void lines.push(line) }),
    metrics: createMetrics("test"),
    notReady: () => waiting,
    allowedOrigins: ["https://app.example"],
    translate: (fault) => (fault instanceof RangeError ? new Refusal("UNAVAILABLE", "away") : fault),
    routes(app) {
      app.get("/fault", () => {
        throw new Error("secret detail");
      });
      app.get("/away", () => {
        throw new RangeError("away");
      });
      app.get("/unwritable", (_request, response) => void response.json({ seq: 1n }));
      app.get("/refuse", ({ headers }) => {
        throw new Refusal("INVALID", `said: ${decodeURIComponent(String(headers["x-said"]))}`);
      });
      app.post("/echo", ({ body }, response) => void response.json(body));
      app.get("/rooms/:roomId", ({ params }, response) => void response.json(params));
      const verify = (token: string) =>
        token.startsWith("good")
          ? Promise.resolve({ accountId: token, name: "Ada", sid: "1", expiresAt: 1 })
          : Promise.reject(new Refusal("TOKEN_EXPIRED", "old"));
      app.get("/mine", requireAccount(verify), (_request, response) => void response.json(identityOf(response)));
      app.get("/internal", requireService(serviceToken), (_request, response) => void response.json({}));
    },
  });
  return { server, http: () => request(server), lines, waiting };
}

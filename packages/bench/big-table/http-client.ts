// GETs and POSTs over connections that stay open. It must not know what is asked.
import { Agent, request } from "node:http";

export interface Answer {
  status: number;
  body: Buffer;
}

export interface HttpClient {
  get(path: string): Promise<Answer>;
  send(method: "POST" | "PATCH", path: string, body: unknown): Promise<Answer>;
  close(): void;
}

/** As many connections as there are requests at a time: none waits here. */
export function createHttpClient(url: string, token: string): HttpClient {
  const agent = new Agent({ keepAlive: true });
  const ask = (method: string, path: string, body?: string): Promise<Answer> =>
    new Promise<Answer>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      };
      const asking = request(url + path, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        response.on("error", reject);
      });
      // The server closes a connection that nothing came over for a while, perhaps just as something does.
      asking.on("error", (error) => {
        if (asking.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET")
          resolve(ask(method, path, body));
        else reject(error);
      });
      asking.end(body);
    });
  return {
    get: (path) => ask("GET", path),
    send: (method, path, body) => ask(method, path, JSON.stringify(body)),
    close: () => agent.destroy(),
  };
}

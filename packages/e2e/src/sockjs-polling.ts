// A SockJS client by hand, over xhr-polling: says exactly what a test wants, and can stop polling.
import { randomUUID } from "node:crypto";

export interface PollingClient {
  /** Where its session is. */
  url: string;
  /** One array of SockJS messages. */
  send(...messages: unknown[]): Promise<void>;
  /** The first message, also an earlier one, that begins with this command. */
  until(command: string): Promise<string>;
  /** Code and reason of the close frame. */
  closed: Promise<[number, string]>;
  /** No more polls until the answer is called; the one under way is given up. */
  sleep(): () => void;
}

export async function openPolling(doorUrl: string): Promise<PollingClient> {
  const url = `${doorUrl}/000/${randomUUID()}`;
  const messages: string[] = [];
  const waiting = new Set<() => void>();
  let polling = new AbortController();
  let awake = Promise.resolve();
  let close: (end: [number, string]) => void = () => {};
  const closed = new Promise<[number, string]>((resolve) => (close = resolve));

  async function poll(): Promise<string> {
    const response = await fetch(`${url}/xhr`, { method: "POST", signal: polling.signal });
    if (!response.ok) throw new Error(`poll answered ${response.status}`);
    return response.text();
  }

  async function pollAll() {
    for (;;) {
      await awake;
      const text = await poll().catch((error: unknown) => (polling.signal.aborted ? "" : Promise.reject(error)));
      for (const frame of text.split("\n").filter((line) => line !== "")) {
        if (frame.startsWith("a")) messages.push(...(JSON.parse(frame.slice(1)) as string[]));
        for (const look of waiting) look();
        if (frame.startsWith("c")) return close(JSON.parse(frame.slice(1)) as [number, string]);
      }
    }
  }

  const opened = await poll();
  if (opened !== "o\n") throw new Error(`the first poll answered ${opened}`);
  pollAll().catch((error: unknown) => messages.push(String(error)));
  return {
    url,
    async send(...sent) {
      const headers = { "content-type": "text/plain" };
      const response = await fetch(`${url}/xhr_send`, { method: "POST", body: JSON.stringify(sent), headers });
      if (response.status !== 204) throw new Error(`xhr_send answered ${response.status}`);
    },
    until: (command) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.find((message) => message.startsWith(command));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    closed,
    sleep() {
      let wake = () => {};
      awake = new Promise((resolve) => (wake = resolve));
      polling.abort();
      return () => {
        polling = new AbortController();
        wake();
      };
    },
  };
}

// A STOMP connection that comes back by itself, to whatever gateway has the place of the one it lost.
import { WebSocket } from "ws";

export interface LinkEvents {
  /** How many connections there were before. */
  connected(life: number): void;
  frame(command: string, headers: ReadonlyMap<string, string>, body: string): void;
}

export interface Link {
  /** Nothing is sent, and nothing lost that matters, while there is no connection. */
  send(command: string, headers: Record<string, string>, body?: string): void;
  /** Drops the connection without a word. */
  drop(): void;
  close(): void;
}

const backOffMs = 10;

export function openLink(url: () => string, token: string, events: LinkEvents): Link {
  let socket: WebSocket | undefined;
  let isClosed = false;
  let lives = 0;

  function connect() {
    if (isClosed) return;
    const opened = new WebSocket(url(), ["v12.stomp"]);
    opened.on("error", () => {}); // Close tells.
    opened.on("open", () => opened.send(format("CONNECT", { "accept-version": "1.2", host: "x", passcode: token })));
    opened.on("message", (data: Buffer) => {
      for (const text of data
        .toString()
        .split("\0")
        .map((one) => one.trimStart()))
        if (text !== "") read(opened, text);
    });
    opened.on("close", () => {
      if (socket === opened) socket = undefined;
      setTimeout(connect, backOffMs);
    });
  }

  function read(opened: WebSocket, text: string) {
    const end = text.indexOf("\n\n");
    const [command = "", ...lines] = text.slice(0, end).split("\n");
    const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
    if (command === "CONNECTED") {
      socket = opened;
      events.connected(lives++);
    } else if (command === "ERROR") opened.terminate();
    else events.frame(command, headers, text.slice(end + 2));
  }

  connect();
  return {
    send: (command, headers, body) => socket?.send(format(command, headers, body)),
    drop: () => socket?.terminate(),
    close() {
      isClosed = true;
      socket?.terminate();
    },
  };
}

function format(command: string, headers: Record<string, string>, body = ""): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return `${[command, ...lines].join("\n")}\n\n${body}\0`;
}

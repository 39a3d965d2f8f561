// One STOMP connection from its opening to its end; the only file that knows the STOMP library. It never reconnects.
import { errors, type ErrorCode } from "@parley/contracts";
import { Client, Versions, type IFrame, type IStompSocket } from "@stomp/stompjs";
import { parseTrace, type Tracing } from "./trace.ts";

const heartBeatMs = 10_000;

export interface Link {
  /** @param onReady after the SUBSCRIBE's RECEIPT: nothing that is published later is missed */
  subscribe(destination: string, onBody: (body: unknown) => void, onReady?: () => void): Subscription;
  /** Returns the id of the RECEIPT; `onReceipt`: the server has done what was asked. */
  send(destination: string, body: unknown, onReceipt: () => void): string;
  /** Says goodbye. */
  close(): void;
  /** For a server that does not answer any more: ends at once. */
  cut(): void;
}

export interface Subscription {
  readonly id: string;
  /** Nothing of it is heard any more. */
  end(): void;
}

/** Why a connection ended, as far as the server said. */
export interface LinkEnd {
  code: ErrorCode | undefined;
  /** Which SUBSCRIBE or SEND was refused, by its receipt. */
  receiptId: string | undefined;
  /** When to come back, as far as the server said; else 0. */
  retryAfterMs: number;
}

export interface LinkOptions {
  createSocket: (protocols: string[]) => IStompSocket;
  token: string;
  /** Longest wait from opening the socket to CONNECTED, in milliseconds. */
  connectMsMax: number;
  tracing: Tracing;
  onConnected: (sessionId: string) => void;
  /** Once, whatever happens. */
  onEnded: (end: LinkEnd) => void;
}

export function openLink(options: LinkOptions): Link {
  const { createSocket, token, connectMsMax, tracing, onConnected, onEnded } = options;
  let refusal: IFrame | undefined;
  let receipts = 0;
  let answeredAt = 0;
  const client = new Client({
    webSocketFactory: () => createSocket(Versions.default.protocolVersions()),
    connectHeaders: { Authorization: `Bearer ${token}` },
    reconnectDelay: 0,
    connectionTimeout: connectMsMax,
    heartbeatIncoming: heartBeatMs,
    heartbeatOutgoing: heartBeatMs,
    discardWebsocketOnCommFailure: true,
    logRawCommunication: true,
    debug(line) {
      if (line.startsWith("<<< ")) answerWhileHidden();
      trace(tracing, line);
    },
    onConnect: (frame) => onConnected(frame.headers["session"] ?? ""),
    onStompError: (frame) => (refusal = frame),
    onWebSocketClose: ({ code }: { code: number }) => {
      void client.deactivate();
      onEnded({
        code: readCode(refusal) ?? codeOfClose(code),
        receiptId: refusal?.headers["receipt-id"],
        retryAfterMs: Number(refusal?.headers["retry-after-ms"] ?? 0),
      });
    },
  });
  client.activate();

  /** Browsers slow down the timers of hidden pages, and with them our heart-beats; messages they still hand over. */
  function answerWhileHidden() {
    const now = Date.now();
    if (typeof document === "undefined" || !document.hidden || now - answeredAt < heartBeatMs / 2) return;
    answeredAt = now;
    client.webSocket?.send("\n");
  }

  function watch(done: () => void): string {
    const receipt = `r${++receipts}`;
    client.watchForReceipt(receipt, done);
    return receipt;
  }

  return {
    subscribe(destination, onBody, onReady = () => {}) {
      let isStanding = false;
      let isOver = false;
      const receipt = watch(() => {
        isStanding = true;
        if (isOver) unsubscribe();
        else onReady();
      });
      const { unsubscribe } = client.subscribe(destination, ({ body }) => isOver || onBody(JSON.parse(body)), {
        id: receipt,
        receipt,
      });
      return {
        id: receipt,
        end() {
          // One that is refused is none, and to end what is none is a fault: its RECEIPT is waited for.
          if (isStanding && !isOver && client.connected) unsubscribe();
          isOver = true;
        },
      };
    },
    send(destination, body, onReceipt) {
      const receipt = watch(onReceipt);
      const headers = { "content-type": "application/json", receipt };
      client.publish({ destination, body: JSON.stringify(body), headers });
      return receipt;
    },
    close: () => void client.deactivate(),
    cut: () => client.forceDisconnect(),
  };
}

function readCode(frame: IFrame | undefined): ErrorCode | undefined {
  const code = frame?.headers["code"];
  return code !== undefined && code in errors ? (code as ErrorCode) : undefined;
}

/** RFC 6455 §7.4 and its registry: 1012 service restart, 1013 try again later. */
function codeOfClose(code: number): ErrorCode | undefined {
  return code === 1012 ? "RESTART" : code === 1013 ? "UNAVAILABLE" : undefined;
}

/** The library's raw lines: `>>> ` before what is sent, `<<< ` before what came. */
function trace(tracing: Tracing, line: string): void {
  const direction = line.startsWith(">>> ") ? "out" : line.startsWith("<<< ") ? "in" : undefined;
  if (!direction || !tracing.isOn) return;
  for (const event of parseTrace(line.slice(4).replace(/^PING$/, ""), direction, Date.now())) tracing.tell(event);
}

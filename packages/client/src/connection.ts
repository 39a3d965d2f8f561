// Keeps one connection up: asks for a token, connects, waits after a failure, tries again until it is closed.
import { errors, type ErrorCode } from "@parley/contracts";
import type { IStompSocket } from "@stomp/stompjs";
import type { ChatOptions, ConnectionState } from "./api.ts";
import { backOffMs } from "./back-off.ts";
import { codeOf } from "./chat-error.ts";
import { openLink, type Link, type LinkEnd } from "./link.ts";
import { createSubject, type Observable } from "./observable.ts";
import type { Tracing } from "./trace.ts";

/** A connection that lasted this long was a good one: the next wait is a short one again. */
const stableMs = 60_000;
/** At least this long, times a random number, is waited when the server said that it restarts or has too much to do. */
const restartMs = 1_000;
const overloadMs = 2_000;

/** An attempt that leads nowhere is given up soon; a slow network gets more time with each that failed. */
const connectMsMin = 4_000;
const connectMsMore = 1_000;
const connectMsMax = 20_000;

export interface ConnectionOptions {
  createSocket: (protocols: string[]) => IStompSocket;
  getToken: ChatOptions["getToken"];
  tracing: Tracing;
  onConnected: (link: Link) => void;
  /** After onConnected, once. */
  onDisconnected: (end: LinkEnd) => void;
}

export interface Connection {
  readonly state: Observable<ConnectionState>;
  /** Ends the present connection, if there is one, and makes a new one. */
  renew(): void;
  /** @param code why, if that was not the app's wish */
  close(code?: ErrorCode): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { createSocket, getToken, tracing, onConnected, onDisconnected } = options;
  const state = createSubject<ConnectionState>({ status: "connecting" });
  let link: Link | undefined;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTokenOld = false;

  const isClosed = () => state.get().status === "closed";
  const stopListening = listenForNetwork(() => state.get().status === "waiting" && tryNow());
  void connect();

  async function connect() {
    state.set({ status: "connecting" });
    let token: string;
    try {
      token = await getToken({ fresh: isTokenOld });
    } catch (error) {
      const code = codeOf(error);
      if (isClosed()) return;
      if (code === "UNAUTHENTICATED") return close(code);
      failures++;
      return wait(code);
    }
    if (isClosed()) return;
    let connectedAt: number | undefined;
    link = openLink({
      createSocket,
      token,
      connectMsMax: Math.min(connectMsMax, connectMsMin + connectMsMore * failures),
      tracing,
      onConnected(sessionId) {
        connectedAt = performance.now();
        state.set({ status: "connected", sessionId });
        onConnected(link!);
      },
      onEnded(end) {
        link = undefined;
        if (connectedAt !== undefined) onDisconnected(end);
        if (isClosed()) return;
        if (connectedAt !== undefined && performance.now() - connectedAt > stableMs) failures = 0;
        // A token that is refused is replaced at once, but only once: a clock may be wrong.
        const wasFresh = isTokenOld;
        isTokenOld = end.code === "TOKEN_EXPIRED" || end.code === "UNAUTHENTICATED";
        if (isTokenOld && !wasFresh) return void connect();
        // Being sent away in good order is no failure: another instance is there, or this one soon is again.
        if (connectedAt === undefined || end.code !== "RESTART") failures++;
        wait(end.code, end.retryAfterMs);
      },
    });
  }

  function wait(code?: ErrorCode, toldMs = 0) {
    const least = code === "RESTART" ? restartMs : code && errors[code].close === 1013 ? overloadMs : 0;
    const waitMs = toldMs + least * (0.5 + Math.random() / 2) + (failures > 0 ? backOffMs(failures) : 0);
    state.set({ status: "waiting", retryAt: Date.now() + waitMs, ...(code && { code }) });
    timer = setTimeout(() => void connect(), waitMs);
  }

  function tryNow() {
    clearTimeout(timer);
    void connect();
  }

  function close(code?: ErrorCode) {
    if (isClosed()) return;
    clearTimeout(timer);
    stopListening();
    state.set({ status: "closed", ...(code && { code }) });
    link?.close();
  }

  return { state, renew: () => link?.cut(), close };
}

/** A browser knows when the network is back: then there is nothing to wait for. */
function listenForNetwork(isBack: () => void): () => void {
  if (typeof addEventListener === "undefined" || typeof document === "undefined") return () => {};
  addEventListener("online", isBack);
  return () => removeEventListener("online", isBack);
}

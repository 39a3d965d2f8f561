// A connection to Redis that fails its commands rather than repeat them. It must not know what it is used for.
import { Redis } from "ioredis";

export interface Pace {
  /** Longest pause between two attempts to connect, in milliseconds. */
  retryMsMax: number;
  /** How long the other end may take to let go of a connection that we end, in milliseconds. */
  endMs: number;
}

const usualPace: Pace = { retryMsMax: 1_000, endMs: 2_000 };
/** How often a starting Redis is asked whether it has loaded its data, in milliseconds. */
const loadingRetryMs = 200;
/** How often faults of connections are reported at most, in milliseconds. */
const reportMs = 1_000;

/** Told of connections that fail. */
export type Report = (error: Error) => void;

/**
 * Commands while there is no connection fail at once. One without an answer fails when the connection ends or after
 * `answerMs`, and the connection that gave no sign of life for so long is replaced; nothing is ever sent twice.
 * @param name what CLIENT LIST shows, without spaces
 */
export function openConnection(
  url: string,
  name: string,
  answerMs: number,
  report: Report,
  { retryMsMax, endMs }: Pace = usualPace,
): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: answerMs,
    disconnectTimeout: endMs,
    commandTimeout: answerMs,
    socketTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxLoadingRetryTime: loadingRetryMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), retryMsMax) * (0.5 + Math.random() / 2),
  });
  redis.on("error", report);
  return redis;
}

/** Calls back each time that a connection is lost which could be used. */
export function onLossOf(redis: Redis, listener: () => void): void {
  let wasReady = false;
  redis.on("ready", () => (wasReady = true));
  redis.on("close", () => {
    if (wasReady) listener();
    wasReady = false;
  });
}

/** Passes on one fault a second: three connections that try to connect have many. */
export function limitReports(report: Report): Report {
  let quietUntil = 0;
  return (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + reportMs;
    report(error);
  };
}

/** Waits for a connection that may be used, at most `waitMs`, and says whether there is one. */
export function whenReady(redis: Redis, waitMs: number, ended?: AbortSignal): Promise<boolean> {
  if (redis.status === "ready") return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      redis.off("ready", finish);
      ended?.removeEventListener("abort", finish);
      resolve(redis.status === "ready");
    };
    const timer = setTimeout(finish, waitMs);
    redis.on("ready", finish);
    ended?.addEventListener("abort", finish);
    if (ended?.aborted) finish();
  });
}

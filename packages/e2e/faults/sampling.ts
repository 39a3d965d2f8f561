// Asks something again and again while a fault lasts, and keeps the answers.
import { setTimeout as sleep } from "node:timers/promises";

/** @returns how to stop; the answers in their order */
export function startSampling<T>(everyMs: number, ask: () => Promise<T>): () => Promise<T[]> {
  const answers: T[] = [];
  const over = new AbortController();
  const running = (async () => {
    while (!over.signal.aborted) {
      answers.push(await ask());
      await sleep(everyMs, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return async () => {
    over.abort();
    await running;
    return answers;
  };
}

export interface HttpSample {
  status: number | "no answer";
  retryAfter: boolean;
  tookMs: number;
}

/** One request; the body is read and forgotten. */
export async function sampleHttp(url: string, token: string, msMax = 10_000): Promise<HttpSample> {
  const startMs = performance.now();
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(msMax),
    });
    await response.arrayBuffer();
    return {
      status: response.status,
      retryAfter: response.headers.has("retry-after"),
      tookMs: performance.now() - startMs,
    };
  } catch {
    return { status: "no answer", retryAfter: false, tookMs: performance.now() - startMs };
  }
}

/** `12 × 200, 3 × 503` */
export function describeStatuses(samples: HttpSample[]): string {
  const groups = Map.groupBy(samples, ({ status }) => status);
  return [...groups].map(([status, all]) => `${all.length} × ${status}`).join(", ");
}

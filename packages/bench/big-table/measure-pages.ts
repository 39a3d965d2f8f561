// Pages at random moments beside writes at random moments, each counted from when it was due; and pages one at a time
// with nothing beside them. It must not know which variant it measures.
import { setTimeout as sleep } from "node:timers/promises";
import { playArrivals } from "./arrivals.ts";
import { countMessages, type Contender } from "./contender.ts";
import { createHttpClient, type Answer } from "./http-client.ts";
import { drawPage, faultOf, pageKinds, type PageAsked, type PageKind } from "./pages.ts";
import { bigRoom, drawMessage } from "./population.ts";
import { readPosition } from "./statements.ts";
import { startUsage, type Usage } from "./usage.ts";

/** In milliseconds, sorted, by kind of page. */
export type Latencies = Record<PageKind, Float64Array>;

export interface PagesMeasure {
  latencies: Latencies;
  /** Of requests that read no table, at the same time: what waiting for a core costs. Sorted, in milliseconds. */
  bare: Float64Array;
  /** Pages that were wrong, messages that were not stored: a run with any is void. */
  faults: string[];
  /** Messages that waited in the log at most. */
  waitingMax: number;
  writesPerSecond: number;
  usage: Usage;
}

export interface PagesOptions {
  pagesPerSecond: number;
  writesPerSecond: number;
  warmSeconds: number;
  seconds: number;
}

/** Few enough to cost next to nothing. */
const barePerSecond = 20;
const drainMsMax = 60_000;

export async function measurePages(contender: Contender, options: PagesOptions): Promise<PagesMeasure> {
  const { history, client, token } = contender;
  const http = createHttpClient(history.url, token);
  const positions = await readPosition(client, bigRoom.number);
  const before = await countMessages(client);
  const taken = newLatencies();
  const bare: number[] = [];
  const faults: string[] = [];
  /** Looked at when all is over: whoever measures must not be busy with it. */
  const answers: { page: PageAsked; answer: Answer }[] = [];
  const underWay = new Set<Promise<void>>();
  const over = new AbortController();
  let isMeasuring = false;
  let appended = 0;

  async function ask(dueMs: number): Promise<void> {
    const page = drawPage(pageKinds[Math.floor(Math.random() * pageKinds.length)]!, positions);
    const counts = isMeasuring;
    const answer = await http.get(page.path);
    if (counts) taken[page.kind].push(performance.now() - dueMs);
    answers.push({ page, answer });
  }

  async function askBarely(dueMs: number): Promise<void> {
    const counts = isMeasuring;
    const { status } = await http.get("/health/live");
    if (counts) bare.push(performance.now() - dueMs);
    if (status !== 200) faults.push(`bare: answered ${status}`);
  }

  async function write(): Promise<void> {
    await history.append(drawMessage());
    appended++;
  }

  function track(work: Promise<void>) {
    const tracked = work.catch((error: unknown) => void faults.push(String(error)));
    underWay.add(tracked);
    void tracked.then(() => underWay.delete(tracked));
  }

  const playing = [
    playArrivals(options.pagesPerSecond, over.signal, (dueMs) => track(ask(dueMs))),
    playArrivals(barePerSecond, over.signal, (dueMs) => track(askBarely(dueMs))),
    playArrivals(options.writesPerSecond, over.signal, () => track(write())),
  ];
  await sleep(options.warmSeconds * 1_000);
  isMeasuring = true;
  const endUsage = startUsage(contender);
  const start = { appended, atMs: performance.now() };
  let waitingMax = 0;
  while (performance.now() < start.atMs + options.seconds * 1_000) {
    waitingMax = Math.max(waitingMax, await history.waiting());
    await sleep(50);
  }
  const writesPerSecond = ((appended - start.appended) * 1_000) / (performance.now() - start.atMs);
  const usage = endUsage();
  isMeasuring = false;
  over.abort();
  await Promise.all(playing);
  await Promise.all(underWay);
  await untilDrained(contender);
  const stored = (await countMessages(client)) - before;
  if (stored !== appended) faults.push(`${appended} messages written, ${stored} stored`);
  http.close();
  return {
    latencies: sorted(taken),
    bare: Float64Array.from(bare).toSorted(),
    faults,
    waitingMax,
    writesPerSecond,
    usage,
  };
}

/** One page after the other with nothing beside them. */
export async function measureQuietPages({ history, client, token }: Contender, each: number): Promise<Latencies> {
  const http = createHttpClient(history.url, token);
  const positions = await readPosition(client, bigRoom.number);
  const taken = newLatencies();
  for (let n = 0; n < each; n++)
    for (const kind of pageKinds) {
      const page = drawPage(kind, positions);
      const startMs = performance.now();
      const answer = await http.get(page.path);
      taken[kind].push(performance.now() - startMs);
      const fault = faultOf(page, answer);
      if (fault !== undefined) throw new Error(fault);
    }
  http.close();
  return sorted(taken);
}

export async function untilDrained({ history }: Contender): Promise<void> {
  const untilMs = performance.now() + drainMsMax;
  while ((await history.waiting()) > 0) {
    if (performance.now() > untilMs) throw new Error(`the log is not empty after ${drainMsMax} ms`);
    await sleep(5);
  }
}

function newLatencies(): Record<PageKind, number[]> {
  return { newest: [], before: [], after: [], changedAfter: [] };
}

function sorted(taken: Record<PageKind, number[]>): Latencies {
  const sort = (kind: PageKind) => Float64Array.from(taken[kind]).toSorted();
  return { newest: sort("newest"), before: sort("before"), after: sort("after"), changedAfter: sort("changedAfter") };
}

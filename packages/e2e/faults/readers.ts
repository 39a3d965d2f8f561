// Those who read history during a run: pollers that go forward (I-4), and a look right after a RECEIPT (I-8).
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryPage } from "@parley/contracts";
import type { Speaker } from "./people.ts";
import type { HistoryMessage, Poll, Probe, Recording, SentMessage } from "./recording.ts";

interface Reading {
  historyUrl: string;
  speaker: Pick<Speaker, "token" | "refused">;
}

const pollMs = 500;
const answerMs = 10_000;
/** Pages that a probe goes back: a backlog that drains pushes a message down quickly. */
const probePagesMax = 10;

/** A page, or undefined when history does not answer; never throws for that. */
async function readPage({ historyUrl, speaker }: Reading, path: string): Promise<HistoryPage | undefined> {
  try {
    const response = await fetch(historyUrl + path, {
      headers: { authorization: `Bearer ${speaker.token}` },
      signal: AbortSignal.timeout(answerMs),
    });
    if (response.status === 401) speaker.refused();
    const body: unknown = await response.json();
    return response.ok ? HistoryPage.parse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a room forward until told to stop, then once more to its end. */
export function startPoller(reading: Reading, roomId: string, recording: Recording): () => Promise<void> {
  const poll: Poll = { roomId, seen: [] };
  recording.polls.push(poll);
  const over = new AbortController();
  async function readOn() {
    for (;;) {
      const after = poll.seen.at(-1)?.seq ?? 0;
      const page = await readPage(reading, `/${roomId}/messages?after=${after}&limit=200`);
      if (!page) return;
      for (const { seq, id } of page.messages) poll.seen.push({ seq, id });
      if (!page.hasMore) return;
    }
  }
  const running = (async () => {
    while (!over.signal.aborted) {
      await readOn();
      await sleep(pollMs, undefined, { signal: over.signal }).catch(() => {});
    }
    await readOn();
  })();
  return async () => {
    over.abort();
    await running;
  };
}

/** Looks for a message that was receipted just now. It may be deleted already: only pages forward give tombstones. */
export async function probe(reading: Reading, message: SentMessage, recording: Recording): Promise<void> {
  const { tempId, roomId } = message;
  const made: Probe = { tempId, roomId, atMs: performance.now(), outcome: "missing" };
  let page = await readPage(reading, `/${roomId}/messages?limit=1`);
  let after = page?.position.seq ?? 0;
  for (let pages = 0; page && made.outcome === "missing" && after > 0 && pages < probePagesMax; pages++) {
    after = Math.max(0, after - 200);
    page = await readPage(reading, `/${roomId}/messages?after=${after}&limit=200`);
    if (page?.messages.some((stored) => stored.tempId === tempId)) made.outcome = "found";
  }
  if (!page) made.outcome = "unanswered";
  recording.probes.push(made);
}

/** All of a room, tombstones too. @throws if history does not answer */
export async function readWhole(reading: Reading, roomId: string): Promise<HistoryMessage[]> {
  const messages: HistoryMessage[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page: HistoryPage | undefined = await readPage(reading, `/${roomId}/messages?after=${after}&limit=200`);
    if (!page) throw new Error(`history does not answer for ${roomId}`);
    messages.push(...page.messages);
    after = page.nextCursor;
  }
  return messages;
}

// F-27: older services beside ours.
import { setTimeout as sleep } from "node:timers/promises";
import { startOldService } from "../old-service.ts";
import type { SentMessage } from "../recording.ts";
import type { Row } from "../row.ts";
import type { Stack } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

const messages = 1_000;
const perSecond = 50;
/** Every so manieth is followed by one without tempId. */
const incompleteEvery = 50;
const confirmedMsMax = 20_000;

/** What each chat-history has refused. */
function readRefused({ histories }: Stack): Promise<number[]> {
  return Promise.all(
    histories.map(async (history) => (await history.readMetric("foreign_messages_total", 'outcome="refused"')) ?? 0),
  );
}

let published: SentMessage[];

export const foreignMessages: Row = {
  id: "F-27",
  title: "older services publish messages of their own on the plain channel",
  rounds: messages,
  normalWithinMs: 5_000,
  async run({ stack, load, rounds, random, fault, fact, bound }) {
    published = [];
    const refusedBefore = await readRefused(stack);
    const old = await startOldService(stack.redis.url);
    let incomplete = 0;
    for (let n = 1; n <= rounds; n++) {
      const roomId = load.rooms[Math.floor(random() * load.rooms.length)]!;
      // The checker takes it for one of the load's: stored once, and seen by everybody once, whole and in order.
      const sent: SentMessage = { ...(await old.publish(roomId)), client: -1, attempts: [] };
      load.recording.sends.push(sent);
      published.push(sent);
      if (n % incompleteEvery === 0) {
        await old.publishWithoutTempId(roomId);
        incomplete++;
      }
      await sleep(1_000 / perSecond);
    }
    fault.endMs = performance.now();
    const confirmations = () => published.map(({ tempId }) => old.confirmations.get(tempId)!);
    const confirmed = await secondsUntil(() => confirmations().every(({ length }) => length > 0), confirmedMsMax);
    await sleep(2_000); // For those that come twice.
    for (const [n, [first]] of confirmations().entries()) if (first) published[n]!.receiptMs = first.atMs;
    fact(`${rounds} messages, and ${incomplete} without tempId`);
    bound("all confirmed on the plain channel after", confirmed, 10, "s");
    bound("not confirmed", confirmations().filter(({ length }) => length === 0).length, 0, "");
    bound("confirmed more than once", confirmations().filter(({ length }) => length > 1).length, 0, "");
    const refused = (await readRefused(stack)).map((count, n) => count - refusedBefore[n]!);
    bound("without tempId and not counted as refused", incomplete - Math.min(...refused), 0, "");
    old.close();
  },
  async judge({ stack, load, bound, fact }) {
    const tempIds = new Set(published.map(({ tempId }) => tempId));
    const { rows } = await stack.pool.query<{ count: number }>(
      "SELECT count(*)::float8 AS count FROM chat.message WHERE room_id = ANY ($1) AND sender LIKE 'old:%'",
      [load.rooms],
    );
    bound("rows too many or too few", Math.abs(rows[0]!.count - published.length), 0, "");
    const given = load.recording.lives.flatMap((life) => life.given.filter((item) => "tempId" in item));
    const theirs = given.filter(({ tempId }) => tempIds.has(tempId));
    fact(`given to subscribers ${theirs.length} times`);
    bound("given otherwise than whole", theirs.filter(({ kind }) => kind !== "whole").length, 0, "");
  },
};

// F-48: messages that are sent again long after they were stored, and after Redis has forgotten all.
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "../load.ts";
import type { SentMessage } from "../recording.ts";
import type { Row, RowContext } from "../row.ts";
import type { Stack } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

const repeatedMax = 300;
const receiptMsMax = 30_000;
/** What gateways remember of a message that was confirmed has gone by then, as it would have after a day. */
const forgottenMs = 32_000;

type Repeater = ReturnType<Load["addClient"]>;
/** tempId → where it is stored. */
type Places = Map<string, { id: string; seq: number }>;

/** What these messages are stored as; a tempId that is stored twice is told as a fault. */
async function readPlaces({ pool }: Stack, messages: SentMessage[]): Promise<Places> {
  const { rows } = await pool.query<{ id: string; tempId: string; seq: number }>(
    `SELECT id, temp_id AS "tempId", seq::float8 FROM chat.message WHERE temp_id = ANY ($1) ORDER BY room_id, seq`,
    [messages.map(({ tempId }) => tempId)],
  );
  if (new Set(rows.map(({ tempId }) => tempId)).size < rows.length) throw new Error("a tempId has two rows");
  return new Map(rows.map(({ tempId, id, seq }) => [tempId, { id, seq }]));
}

async function repeat(context: RowContext, who: Repeater, messages: SentMessage[], when: string): Promise<void> {
  const { stack, load, bound, fact } = context;
  const before = await readPlaces(stack, messages);
  const fromMs = performance.now();
  // In the order of their seqs: it is the order in which this connection sends them, too (I-7).
  for (const tempId of before.keys()) who.send(messages.find((message) => message.tempId === tempId)!);
  await secondsUntil(() => who.unreceipted === 0, receiptMsMax, 50);
  bound(`${when}: repeated and not receipted`, who.unreceipted, 0, "");
  await sleep(1_000);
  const after = await readPlaces(stack, messages);
  const moved = [...before].filter(([tempId, { id, seq }]) => {
    const now = after.get(tempId);
    return now?.id !== id || now.seq !== seq;
  });
  bound(`${when}: rows that are other than before`, moved.length + Math.abs(after.size - before.size), 0, "");
  const told = toldPlaces(load, who, fromMs);
  const other = told.filter(({ tempId, id, seq }) => {
    const known = before.get(tempId);
    return known !== undefined && (known.id !== id || known.seq !== seq);
  });
  fact(`${when}: ${before.size} repeated`);
  bound(`${when}: confirmed at another place`, other.length, 0, "");
  const confirmed = new Set(told.map(({ tempId }) => tempId));
  bound(
    `${when}: not confirmed to their sender`,
    [...before.keys()].filter((one) => !confirmed.has(one)).length,
    0,
    "",
  );
}

/** What the repeater's own subscriptions were given since then, with a seq. */
function toldPlaces({ recording, clients }: Load, who: Repeater, fromMs: number) {
  const number = clients.indexOf(who);
  return recording.lives
    .filter(({ client }) => client === number)
    .flatMap(({ given }) => given.filter((item) => "id" in item && item.atMs > fromMs))
    .filter((item) => "id" in item);
}

export const longAfter: Row = {
  id: "F-48",
  title: "clients repeat messages that are a day old, then again after the loss of Redis' data",
  losesLog: true,
  rounds: 1,
  normalWithinMs: 10_000,
  async run(context) {
    const { stack, load, fault } = context;
    const who = load.addClient(load.rooms);
    await secondsUntil(() => who.stands, 20_000);
    const messages = load.recording.sends
      .filter(({ sender, receiptMs }) => sender === who.accountId && receiptMs !== undefined)
      .slice(0, repeatedMax);
    await stack.pool.query(
      "UPDATE chat.message SET created_at = created_at - interval '25 hours' WHERE temp_id = ANY ($1)",
      [messages.map(({ tempId }) => tempId)],
    );
    await sleep(forgottenMs);
    await repeat(context, who, messages, "a day later");
    await sleep(forgottenMs);
    await stack.redisClient.flushall();
    await repeat(context, who, messages, "after the loss of Redis' data");
    fault.endMs = performance.now();
  },
};

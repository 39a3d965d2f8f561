// What may happen to one room, one thing after the other, and what must be true afterwards whatever it was: the model of
// G-1 to G-8.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryPage, MessageAnswer, type StoredMessage } from "@parley/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { openListener, openSender, type Attempt, type Told } from "./people.ts";
import type { Servers } from "./servers.ts";

const senders = ["ann", "bob"];
const keys = 4;

const sender = fc.nat(senders.length - 1);
const key = fc.nat(keys - 1);
const gateway = fc.nat(1);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("send" as const), sender, key, content: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit" as const), sender, key, content: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), sender, key }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("lose" as const), gateway, count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), listener: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), gateway }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pause" as const), ms: fc.nat(15) }) },
);
export const interleaving = fc.array(step, { minLength: 4, maxLength: 14 });
export type Interleaving = typeof interleaving extends fc.Arbitrary<infer Steps> ? Steps : never;

/** @param restarting restarts the gateway, however many rooms ask for it at once */
export async function play(servers: Servers, steps: Interleaving, restarting: (at: number) => Promise<void>) {
  const roomId = randomUUID();
  const tokens = await Promise.all(senders.map((name) => servers.tokenFor(name)));
  const urlOf = (at: number) => () => servers.gateways[at]!.url;
  const listeners = [0, 1].map((at) => openListener(urlOf(at), tokens[at]!, roomId, true));
  listeners.push(openListener(urlOf(0), tokens[0]!, roomId, false));
  const writers = senders.map((_, at) => openSender(urlOf(at), tokens[at]!, roomId));
  await Promise.all([...listeners, ...writers].map(({ ready }) => ready));

  const tempIds = senders.map(() => Array.from({ length: keys }, () => randomUUID()));
  const attempts: (Attempt & { by: number })[] = [];
  /** By tempId: what the room must show of it in the end, once it was changed. */
  const changed = new Map<string, string>();
  const changeSeqs = new Set<number>();

  async function change(by: number, tempId: string, content: string | undefined) {
    const message = (await readAll(servers, roomId, tokens[by]!)).messages.find((one) => one.tempId === tempId);
    if (!message) return;
    const response = await fetch(`${servers.historyUrl}/${roomId}/messages/${message.id}`, {
      method: content === undefined ? "DELETE" : "PATCH",
      headers: { authorization: `Bearer ${tokens[by]}`, "content-type": "application/json" },
      ...(content !== undefined && { body: JSON.stringify({ content }) }),
    });
    expect(response.status).toBe(message.deleted && content !== undefined ? 409 : 200);
    if (!response.ok) return;
    changed.set(tempId, content ?? "");
    changeSeqs.add(MessageAnswer.parse(await response.json()).message.changeSeq);
  }

  try {
    for (const one of steps) {
      if (one.kind === "send") {
        const attempt = writers[one.sender]!.send(tempIds[one.sender]![one.key]!, `content ${one.content}`);
        const { tempId } = attempt;
        const answer = attempt.answer.then((text) => checkStored(servers, roomId, tempId, text));
        attempts.push({ ...attempt, answer, by: one.sender });
      } else if (one.kind === "edit") await change(one.sender, tempIds[one.sender]![one.key]!, `edit ${one.content}`);
      else if (one.kind === "delete") await change(one.sender, tempIds[one.sender]![one.key]!, undefined);
      else if (one.kind === "lose") servers.gateways[one.gateway]!.lose(roomId, one.count);
      else if (one.kind === "drop") listeners[one.listener]!.drop();
      else if (one.kind === "restart") await restarting(one.gateway);
      else await sleep(one.ms);
    }
    const answers = await Promise.all(attempts.map(({ answer }) => answer));
    const { messages: stored, position } = await readAll(servers, roomId, tokens[0]!);
    // Each creation and each change took one, and nothing else did.
    expect(position).toEqual({ seq: stored.length, changeSeq: stored.length + changeSeqs.size });
    const resuming = listeners.filter(({ resumes }) => resumes);
    await expect.poll(() => resuming.map(({ lives }) => lacks(lives, stored)), { timeout: 5_000 }).toEqual([[], []]);
    check(attempts, answers, stored, changed);
    for (const listener of listeners) checkLives(listener, stored);
  } finally {
    for (const one of [...listeners, ...writers]) one.close();
  }
}

/** G-1: at the instant of the RECEIPT the message is there to be read. */
async function checkStored({ pool }: Servers, roomId: string, tempId: string, answer: string): Promise<string> {
  if (answer !== "RECEIPT") return answer;
  const { rowCount } = await pool.query("SELECT FROM chat.message WHERE room_id = $1 AND temp_id = $2", [
    roomId,
    tempId,
  ]);
  return rowCount === 1 ? answer : `a RECEIPT for a message of which there are ${rowCount}`;
}

async function readAll({ historyUrl }: Servers, roomId: string, token: string): Promise<HistoryPage> {
  const response = await fetch(`${historyUrl}/${roomId}/messages?after=0&limit=200`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return HistoryPage.parse(await response.json());
}

function check(
  attempts: (Attempt & { by: number })[],
  answers: string[],
  stored: StoredMessage[],
  changed: ReadonlyMap<string, string>,
) {
  const first = new Map<string, string>();
  for (const [n, { tempId, content }] of attempts.entries()) {
    if (!first.has(tempId)) first.set(tempId, content);
    // G-3 and its pitfall P-23: the content first sent wins.
    expect(answers[n]).toBe(first.get(tempId) === content ? "RECEIPT" : "CONFLICT");
  }
  // G-2, G-3, G-4: each once, without hole.
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, n) => n + 1));
  expect(new Set(stored.map(({ tempId }) => tempId))).toEqual(new Set(first.keys()));
  expect(stored).toHaveLength(first.size);
  expect(new Set(stored.map(({ changeSeq }) => changeSeq)).size).toBe(stored.length);
  for (const { tempId, content } of stored) expect(content).toBe(changed.get(tempId) ?? first.get(tempId));
  // G-6: a sender's messages in the order of its frames.
  for (const by of senders.keys()) {
    const sent = [...new Set(attempts.filter((attempt) => attempt.by === by).map(({ tempId }) => tempId))];
    const mine = stored.filter(({ sender: name }) => name === senders[by]).map(({ tempId }) => tempId);
    expect(mine).toEqual(sent);
  }
}

/** Messages of which the last life was not given the latest state, or, if they came before it, none at all. */
function lacks(lives: Told[][], stored: StoredMessage[]): number[] {
  const given = new Map<number, number>();
  for (const told of lives.flat()) if (told.seq !== null) given.set(told.seq, told.changeSeq);
  const before = Math.max(0, ...lives.slice(0, -1).map((life) => lastSeqOf(life)));
  const isGiven = ({ seq, changeSeq }: StoredMessage) =>
    seq <= before ? given.has(seq) : given.get(seq) === changeSeq;
  return stored.filter((message) => !isGiven(message)).map(({ seq }) => seq);
}

function lastSeqOf(life: Told[]): number {
  return Math.max(0, ...life.map(({ seq }) => seq ?? 0));
}

/** G-5, G-8: creations by seq, with content, from life to life; changes by changeSeq. */
function checkLives({ lives, resumes }: { lives: Told[][]; resumes: boolean }, stored: StoredMessage[]) {
  let last = 0;
  for (const life of lives) {
    const contents = new Set<string>();
    /** Previews that await their end. What is stored already is given again, as it is, when its preview was. */
    const shown = new Set<string>();
    const states = new Map<number, number>();
    let newest = 0;
    for (const told of life) {
      const of = `${told.sender} ${told.tempId}`;
      if ("content" in told) contents.add(of);
      if (told.seq === null) shown.add(of);
      if (told.seq === null) continue;
      const wasShown = shown.delete(of);
      expect(contents.has(of)).toBe(true);
      expect(stored[told.seq - 1]?.id).toBe(told.id);
      const isRepeated = told.changeSeq <= (states.get(told.seq) ?? 0);
      // Where a life without `after` begins cannot be told from a change of an earlier message.
      if (!resumes) last = Math.max(last, told.seq);
      else if (told.seq > last) expect(told.seq).toBe(++last);
      else if (!isRepeated && !wasShown) {
        expect(told.changeSeq).toBeGreaterThan(newest); // A change of an earlier message.
        newest = told.changeSeq;
      }
      if (!isRepeated) states.set(told.seq, told.changeSeq);
    }
  }
}

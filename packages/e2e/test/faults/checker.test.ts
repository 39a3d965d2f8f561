import { expect, test } from "vitest";
import { check } from "../../faults/checker.ts";
import type { Damage, Invariant } from "../../faults/findings.ts";
import {
  createRecording,
  type Ending,
  type Exclusion,
  type Given,
  type Life,
  type MessageRow,
  type Recording,
} from "../../faults/recording.ts";

type Confirmed = Extract<Given, { seq: number; id: string }>;
interface Run {
  recording: Recording;
  ending: Ending;
}

const roomId = "room";
const total = 10;
/** For whom the connections are. */
const reading = { accountId: "bob", sid: "login of bob" };
const endMs = 100_000;

/** Two senders and three readers of one room: nothing went wrong. */
function cleanRun(): Run {
  const recording = createRecording();
  const history: Ending["history"] = new Map([[roomId, []]]);
  const ending: Ending = { history, messages: [], rooms: [{ roomId, lastSeq: total }] };
  for (let number = 0; number < 2; number++)
    recording.connections.push({ number, client: number, ...reading, gateway: "a", startedMs: 0, connectedMs: 1 });
  const reader = (client: number, after?: number): Life => ({
    client,
    connection: 0,
    roomId,
    ...(after === undefined ? {} : { after }),
    sentMs: 2,
    standsMs: 3,
    given: [],
    isOpen: true,
  });
  const lives = [reader(0), reader(1, 0), reader(2, 4)];
  recording.lives.push(...lives);
  const poll = { roomId, seen: [] as { seq: number; id: string }[] };
  recording.polls.push(poll);
  for (let seq = 1; seq <= total; seq++) {
    const [tempId, id, sender, content] = [`temp-${seq}`, `id-${seq}`, "ann", `text ${seq}`];
    const client = seq % 2;
    const atMs = seq * 1_000;
    recording.sends.push({
      tempId,
      roomId,
      sender,
      content,
      client,
      attempts: [{ connection: client, frame: seq, atMs, answeredMs: atMs + 20, answer: "RECEIPT" }],
      receiptMs: atMs + 20,
    });
    const whole = { id, tempId, sender, seq, changeSeq: seq, content, deleted: false };
    history.get(roomId)!.push({ ...whole, editedAt: null });
    ending.messages.push({ id, roomId, seq, changeSeq: seq, tempId, sender, createdMs: atMs });
    poll.seen.push({ seq, id });
    recording.probes.push({ tempId, roomId, atMs, outcome: "found" });
    for (const { after, given } of lives) {
      if (after !== undefined && seq <= after) continue;
      if (seq % 3 === 0) given.push({ kind: "whole", atMs, ...whole, edited: false });
      else {
        given.push({ kind: "preview", atMs, tempId, sender, content });
        given.push({ kind: "short", atMs, tempId, sender, id, seq, changeSeq: seq });
      }
    }
  }
  return { recording, ending };
}

function found({ recording, ending }: Run) {
  const { violations, damages } = check(recording, ending, { endMs });
  return { invariants: new Set(violations.map(({ invariant }) => invariant)), damages };
}

const placeOf = ({ given }: Life, seq: number) =>
  given.findIndex((item) => item.kind !== "preview" && "seq" in item && item.seq === seq);
const rowOf = ({ ending }: Run, seq: number): MessageRow => ending.messages[seq - 1]!;

function forget({ ending }: Run, seq: number): void {
  ending.messages.splice(seq - 1, 1);
  ending.history.get(roomId)!.splice(seq - 1, 1);
}

test("nothing is found where nothing went wrong", () => {
  const { invariants, damages } = found(cleanRun());
  expect([...invariants]).toEqual([]);
  expect(Object.values(damages)).toEqual([0, 0, 0, 0, 0]);
});

test.each<[string, Invariant, Damage | undefined, (run: Run) => void]>([
  ["a lost message", "I-1", "lost", (run) => forget(run, total)],
  ["a doubled row", "I-2", "doubled", (run) => run.ending.messages.push({ ...rowOf(run, 3), id: "other", seq: 11 })],
  ["two rows at one seq", "I-2", "doubled", (run) => (rowOf(run, 4).seq = 3)],
  ["a row that nobody sent", "I-2", "doubled", (run) => (rowOf(run, 4).tempId = "foreign")],
  ["a hole in the table", "I-3", "hole", (run) => forget(run, 5)],
  ["a counter beyond the last message", "I-3", "hole", ({ ending }) => (ending.rooms[0]!.lastSeq = 11)],
  ["a page that skips one", "I-3", "hole", ({ ending }) => ending.history.get(roomId)!.splice(5, 1)],
  ["a reader of history that skipped one", "I-4", "hole", ({ recording }) => recording.polls[0]!.seen.splice(4, 1)],
  ["a reader of history that stopped early", "I-4", "hole", ({ recording }) => recording.polls[0]!.seen.pop()],
  ["a message behind a later one", "I-5", "disorder", ({ recording }) => swap(recording.lives[0]!, 3, 6)],
  ["a skipped message", "I-5", "hole", ({ recording }) => drop(recording.lives[1]!, 6)],
  ["a gap where a subscription resumed", "I-5", "hole", ({ recording }) => (recording.lives[2]!.after = 3)],
  ["a first message that never came", "I-5", "hole", ({ recording }) => drop(recording.lives[0]!, 1)],
  ["a last message that never came", "I-5", "hole", ({ recording }) => recording.lives[1]!.given.splice(-2)],
  ["a message given twice", "I-5", "doubled", ({ recording }) => repeat(recording.lives[1]!, 6)],
  ["a confirmation without content", "I-5", "hole", ({ recording }) => unshow(recording.lives[1]!, "temp-4")],
  [
    "a preview given twice",
    "I-5",
    undefined,
    ({ recording }) => recording.lives[1]!.given.splice(1, 0, recording.lives[1]!.given[0]!),
  ],
  ["another content", "I-6", undefined, ({ recording }) => alter(recording.lives[1]!, 6, { content: "else" })],
  ["another message at a seq", "I-6", "disorder", ({ recording }) => alter(recording.lives[1]!, 6, { id: "else" })],
  ["other content stored than sent", "I-6", undefined, ({ recording }) => (recording.sends[2]!.content = "else")],
  [
    "one sender's messages in another order",
    "I-7",
    "disorder",
    ({ recording }) => (recording.sends[1]!.attempts[0]!.frame = 99),
  ],
  ["a false receipt", "I-8", "falseReceipt", ({ recording }) => (recording.probes[3]!.outcome = "missing")],
  [
    "a SEND without an answer",
    "I-10",
    undefined,
    ({ recording }) => delete recording.sends[3]!.attempts[0]!.answeredMs,
  ],
  ["a preview that was never confirmed", "I-11", undefined, ({ recording }) => addPreview(recording.lives[0]!)],
])("%s is found: %s", (_what, invariant, damage, plant) => {
  const run = cleanRun();
  plant(run);
  const { invariants, damages } = found(run);
  expect(invariants).toContain(invariant);
  if (damage) expect(damages[damage]).toBeGreaterThan(0);
});

test("a change that never came, and one behind later ones, are found", () => {
  const edited = cleanRun();
  const stored = edited.ending.history.get(roomId)![2]!;
  Object.assign(stored, { changeSeq: 12, content: "edited", editedAt: "now" });
  expect(found(edited).invariants).toContain("I-5");
  for (const { given } of edited.recording.lives.slice(0, 2)) given.push(changeOf(3, 12, "edited"));
  edited.recording.lives[2]!.given.push(changeOf(3, 12, "edited"));
  expect([...found(edited).invariants]).toEqual([]);
  edited.recording.lives[0]!.given.push(changeOf(6, 11, "earlier"));
  expect(found(edited).invariants).toContain("I-5");
});

/** Of one who is given a message each second, on the second. */
const excluded = (more: Partial<Exclusion>): Exclusion => ({
  of: { accountId: reading.accountId, roomId },
  fromMs: 4_800,
  graceMs: 1_000,
  ...more,
});

test.each<[string, Exclusion, number]>([
  ["to an account that was removed 1.2 s ago", excluded({}), 5],
  ["of a login that ended 1.2 s ago", excluded({ of: { sid: reading.sid } }), 5],
  ["until they were in again, 2.2 s after", excluded({ fromMs: 3_800, untilMs: 7_000 }), 2],
])("what is given %s is found, on every subscription (I-9)", (_whom, exclusion, late) => {
  const run = cleanRun();
  run.recording.exclusions.push(exclusion);
  const { violations } = check(run.recording, run.ending, { endMs });
  expect(violations.map(({ invariant }) => invariant)).toEqual(["I-9"]);
  const givenOnEach = run.recording.lives.map(({ given }) =>
    given.filter(({ atMs }) => atMs > exclusion.fromMs + 1_000 && atMs < (exclusion.untilMs ?? Infinity)),
  );
  expect(new Set(givenOnEach.map((given) => new Set(given.map(({ atMs }) => atMs)).size))).toEqual(new Set([late]));
  expect(violations[0]!.count).toBe(givenOnEach.flat().length);
  expect(violations[0]!.examples).toHaveLength(3);
});

test.each<[string, Exclusion]>([
  ["0.9 s after the removal", excluded({ fromMs: 9_100 })],
  ["once they are in again", excluded({ untilMs: 5_900 })],
  ["in another room", excluded({ of: { accountId: reading.accountId, roomId: "other" } })],
  ["to somebody else", excluded({ of: { accountId: "ann", roomId } })],
  ["of another login", excluded({ of: { sid: "login of ann" } })],
  ["within 60 s of a removal whose event was lost", excluded({ graceMs: 60_000 })],
])("what is given %s is no violation (I-9)", (_when, exclusion) => {
  const run = cleanRun();
  run.recording.exclusions.push(exclusion);
  expect([...found(run).invariants]).toEqual([]);
});

test("a subscription that stands although its account is out is found (I-9)", () => {
  const run = cleanRun();
  const [life] = run.recording.lives;
  run.recording.lives.push({ ...life!, sentMs: 50_000, standsMs: 50_010, given: [] });
  run.recording.exclusions.push(excluded({ fromMs: 20_000 }));
  expect([...found(run).invariants]).toContain("I-9");
});

test("what the guarantee allows is no violation: repetitions of a repeated SEND, a refused one out of order, RESYNC", () => {
  const run = cleanRun();
  const { sends, lives, connections } = run.recording;
  sends[3]!.attempts.push({ connection: 0, frame: 50, atMs: 5_000, answeredMs: 5_020, answer: "RECEIPT" });
  const life = lives[0]!;
  life.given.push({ kind: "preview", atMs: 5_001, tempId: "temp-4", sender: "ann", content: "text 4" });
  life.given.push(life.given[placeOf(life, 4)]!);
  sends[1]!.attempts.unshift({ connection: 0, frame: 90, atMs: 100, answeredMs: 200, answer: "OVERLOADED" });
  lives[1]!.given.splice(0, placeOf(lives[1]!, 5) + 1, { kind: "resync", atMs: 5_500, seq: 5 });
  sends[7]!.attempts.unshift({ connection: 0, frame: 7, atMs: 45_000 });
  connections[0]!.closedMs = 50_000;
  expect([...found(run).invariants]).toEqual([]);
});

function drop(life: Life, seq: number): void {
  const place = placeOf(life, seq);
  const isShort = life.given[place]!.kind === "short";
  life.given.splice(isShort ? place - 1 : place, isShort ? 2 : 1);
}

function swap(life: Life, seq: number, other: number): void {
  const [place, otherPlace] = [placeOf(life, seq), placeOf(life, other)];
  const kept = life.given[place]!;
  life.given[place] = life.given[otherPlace]!;
  life.given[otherPlace] = kept;
}

function repeat(life: Life, seq: number): void {
  life.given.push(life.given[placeOf(life, seq)]!);
}

function unshow(life: Life, tempId: string): void {
  life.given = life.given.filter((item) => item.kind !== "preview" || item.tempId !== tempId);
}

function alter(life: Life, seq: number, change: Partial<Confirmed>): void {
  const place = placeOf(life, seq);
  life.given[place] = { ...life.given[place]!, ...change } as Given;
}

function addPreview(life: Life): void {
  // Of a message that is stored, shown again after its SEND was repeated, and left alone.
  life.given.push({ kind: "preview", atMs: 50_000, tempId: "temp-5", sender: "ann", content: "text 5" });
}

function changeOf(seq: number, changeSeq: number, content: string): Given {
  const names = { id: `id-${seq}`, tempId: `temp-${seq}`, sender: "ann" };
  return { kind: "whole", atMs: 60_000, ...names, seq, changeSeq, content, deleted: false, edited: true };
}

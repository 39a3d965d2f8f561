// What each subscription was given: every message once, in order, with its content (I-5), the same for all (I-6), and
// no preview left alone (I-11).
import type { Findings } from "./findings.ts";
import type { Ending, Given, Life, Recording, SentMessage } from "./recording.ts";

type Confirmed = Extract<Given, { seq: number; id: string }>;

/** What everybody must agree on; filled from the history first. */
interface Truth {
  ids: Map<string, string>;
  contents: Map<string, string>;
  sends: Map<string, SentMessage>;
  firstSendMs: Map<string, number>;
  ending: Ending;
}

export function checkLives(recording: Recording, ending: Ending, findings: Findings): void {
  const truth: Truth = {
    ids: new Map(),
    contents: new Map(),
    sends: new Map(recording.sends.map((message) => [message.tempId, message])),
    firstSendMs: new Map(),
    ending,
  };
  for (const [roomId, messages] of ending.history)
    for (const { seq, changeSeq, id, content } of messages) {
      truth.ids.set(`${roomId} ${seq}`, id);
      truth.contents.set(`${roomId} ${changeSeq}`, content);
    }
  for (const { roomId, attempts } of recording.sends) {
    const atMs = attempts[0]?.atMs ?? Infinity;
    truth.firstSendMs.set(roomId, Math.min(atMs, truth.firstSendMs.get(roomId) ?? Infinity));
  }
  for (const life of recording.lives) new LifeCheck(life, truth, findings).run();
}

class LifeCheck {
  readonly #life: Life;
  readonly #truth: Truth;
  readonly #findings: Findings;
  /** The seq of the next creation; undefined until there is something to start from. */
  #expected: number | undefined;
  #start: number | undefined;
  readonly #shown = new Map<string, string>();
  readonly #unconfirmed = new Set<string>();
  /** seq → changeSeq of what was given. */
  readonly #known = new Map<number, number>();
  #lastChange = 0;

  constructor(life: Life, truth: Truth, findings: Findings) {
    this.#life = life;
    this.#truth = truth;
    this.#findings = findings;
    const { after, standsMs = Infinity, roomId } = life;
    const sawFirst = standsMs < (truth.firstSendMs.get(roomId) ?? -Infinity);
    this.#expected = after === undefined ? (sawFirst ? 1 : undefined) : after + 1;
    this.#start = this.#expected;
  }

  run(): void {
    for (const given of this.#life.given) this.#read(given);
    if (this.#life.isOpen) this.#end();
  }

  #read(given: Given): void {
    switch (given.kind) {
      case "preview":
        if (this.#shown.has(given.tempId) && !this.#wasRepeated(given.tempId))
          this.#fault("a preview twice although it was sent once", given.tempId);
        this.#shown.set(given.tempId, given.content);
        this.#unconfirmed.add(given.tempId);
        return;
      case "withdrawal":
        this.#unconfirmed.delete(given.tempId);
        return;
      case "resync":
        this.#expected = this.#start = given.seq + 1;
        this.#shown.clear();
        this.#unconfirmed.clear();
        return;
      default:
        this.#unconfirmed.delete(given.tempId);
        this.#agree(given);
        if (this.#known.has(given.seq) || this.#isEarlier(given)) this.#change(given);
        else this.#create(given);
    }
  }

  /** About a message from before the subscription began. */
  #isEarlier({ seq, ...given }: Confirmed): boolean {
    if (this.#start === undefined) return given.kind === "whole" && (given.edited || given.deleted);
    return seq < this.#start;
  }

  #create(given: Confirmed): void {
    const { seq, tempId } = given;
    const expected = this.#expected ?? seq;
    this.#start ??= seq;
    if (seq > expected) this.#fault("messages skipped", `${expected} to ${seq - 1}`, "hole", seq - expected);
    if (seq < expected) this.#fault("a message behind later ones", String(seq), "disorder");
    if (given.kind === "short" && !this.#shown.has(tempId))
      this.#fault("told of a seq whose content it was not given", `${seq} (${tempId})`, "hole");
    this.#known.set(seq, given.changeSeq);
    this.#expected = Math.max(expected, seq + 1);
  }

  /** A change of what was given, or an identical repetition, which is allowed where the SEND was repeated. */
  #change(given: Confirmed): void {
    const { seq, changeSeq, tempId } = given;
    const known = this.#known.get(seq);
    if (given.kind === "short" || changeSeq === known) {
      if (!this.#wasRepeated(tempId))
        this.#fault("the same message again although it was sent once", `${seq} (${tempId})`, "doubled");
      return;
    }
    if (changeSeq < this.#lastChange || (known !== undefined && changeSeq < known)) {
      if (!this.#wasRepeated(tempId)) this.#fault("a change behind later ones", `${seq} at ${changeSeq}`, "disorder");
      return;
    }
    this.#lastChange = changeSeq;
    this.#known.set(seq, changeSeq);
  }

  /** I-6: id and content are what everybody else was given. */
  #agree(given: Confirmed): void {
    const { roomId } = this.#life;
    const { ids, contents } = this.#truth;
    if (ids.get(`${roomId} ${given.seq}`) !== given.id)
      this.#findings.add(
        "I-6",
        "another message at a seq than in the history",
        `${this.#name()}: ${given.seq}`,
        "disorder",
      );
    const content = given.kind === "whole" ? given.content : this.#shown.get(given.tempId);
    if (content === undefined) return;
    const key = `${roomId} ${given.changeSeq}`;
    const agreed = contents.get(key) ?? content;
    contents.set(key, agreed);
    if (agreed !== content)
      this.#findings.add("I-6", "other content than others were given", `${this.#name()}: ${given.seq}`);
  }

  #end(): void {
    const { roomId } = this.#life;
    const stored = this.#truth.ending.history.get(roomId) ?? [];
    const last = stored.length;
    if (this.#expected !== undefined && this.#expected <= last)
      this.#fault("the last messages never came", `${this.#expected} to ${last}`, "hole", last + 1 - this.#expected);
    for (const { seq, changeSeq } of stored)
      if ((this.#known.get(seq) ?? Infinity) < changeSeq)
        this.#fault("a change never came", `${seq} at ${changeSeq}`, "hole");
    for (const tempId of this.#unconfirmed)
      if (stored.some((message) => message.tempId === tempId))
        this.#findings.add("I-11", "a preview of a stored message was never confirmed", `${this.#name()}: ${tempId}`);
  }

  #wasRepeated(tempId: string): boolean {
    return (this.#truth.sends.get(tempId)?.attempts.length ?? 2) > 1;
  }

  #fault(what: string, example: string, damage?: "hole" | "disorder" | "doubled", count = 1): void {
    this.#findings.add("I-5", what, `${this.#name()}: ${example}`, damage, count);
  }

  #name(): string {
    const { client, connection, roomId, after } = this.#life;
    return `client ${client}, connection ${connection}, ${roomId}${after === undefined ? "" : ` after ${after}`}`;
  }
}

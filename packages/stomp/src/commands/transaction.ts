// BEGIN, COMMIT, ABORT: all frames of a transaction or none. It must not know what the frames do.
import type { Effect, Outcome } from "../broker.ts";
import type { Connection } from "../connection.ts";
import { receiptOf, requiredHeader, type Frame } from "../frame.ts";
import { checkAcknowledge } from "./acknowledge.ts";
import { held, type Handled } from "./handled.ts";
import { checkSend } from "./send.ts";

export function begin<P>({ transactions }: Connection<P>, frame: Frame): void {
  transactions.begin(requiredHeader(frame, "transaction"));
}

/** The discarded frames are not answered. */
export function abort<P>({ transactions }: Connection<P>, frame: Frame): void {
  transactions.take(requiredHeader(frame, "transaction"));
}

/** Checks all frames in order, and only then lets them take effect, in order. */
export async function commit<P>(connection: Connection<P>, frame: Frame): Promise<Handled> {
  const frames = connection.transactions.take(requiredHeader(frame, "transaction"));
  let effects: Effect[];
  try {
    effects = await checkAll(connection, frames);
  } catch (error) {
    connection.refuse(error, frame);
    for (const bound of frames) if (receiptOf(bound) !== undefined) connection.refuse(error, bound);
    return held;
  }
  if (connection.state === "ended") return held;
  const answers = frames.map((bound, index) => answer(connection, bound, run(effects[index])));
  return summary(answers, receiptOf(frame) !== undefined);
}

async function checkAll<P>(connection: Connection<P>, frames: Frame[]): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const frame of frames) {
    const check = frame.command === "SEND" ? checkSend : checkAcknowledge;
    effects.push(await check(connection, frame));
  }
  return effects;
}

/** An effect that throws does not keep the others from theirs. */
function run(effect: Effect | undefined): Outcome {
  try {
    return effect?.();
  } catch (error) {
    return { settled: Promise.reject(error) };
  }
}

/** How a frame of the transaction came out. */
interface Answer {
  /** Rejects as the outcome did, after the frame's own answer, if it asked for one, has left. */
  settled: Promise<void>;
  told: boolean;
}

/** Each frame that asked for a receipt gets its own answer. */
function answer<P>(connection: Connection<P>, frame: Frame, outcome: Outcome): Answer | undefined {
  const told = receiptOf(frame) !== undefined;
  if (outcome === undefined) {
    connection.receipt(frame);
    return undefined;
  }
  if (!told) return { settled: outcome.settled, told };
  const settled = outcome.settled.then(
    () => connection.receipt(frame),
    (error: unknown) => {
      connection.refuse(error, frame);
      throw error;
    },
  );
  return { settled, told };
}

/** COMMIT's own outcome: all have settled. It repeats a refusal that was told before only to answer its own receipt. */
function summary(answers: (Answer | undefined)[], asked: boolean): Outcome {
  const open = answers.filter((one) => one !== undefined);
  if (open.length === 0) return undefined;
  return { settled: settleAll(open, asked) };
}

async function settleAll(answers: Answer[], asked: boolean): Promise<void> {
  const results = await Promise.allSettled(answers.map(({ settled }) => settled));
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected" && (asked || answers[index]?.told === false)) throw result.reason;
  }
}

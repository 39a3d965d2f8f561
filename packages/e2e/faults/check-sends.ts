// What became of each SEND: order of one sender (I-7), and that an answer always comes (I-10).
import type { Findings } from "./findings.ts";
import type { Ending, Recording, SentMessage } from "./recording.ts";

/** What the guarantee gives a SEND, and what our own clock may add. */
const answerMs = 10_000;
const toleranceMs = 1_000;

/**
 * I-7: what one connection sent to one room, none of it ever refused, has seqs in the order of its frames.
 * @param logWasLost what was on its way may have vanished (G-10): of a message that was repeated only the last counts
 */
export function checkOrder(
  { sends }: Recording,
  { messages }: Ending,
  { findings, logWasLost }: { findings: Findings; logWasLost: boolean },
): void {
  const seqs = new Map(messages.map(({ tempId, seq }) => [tempId, seq]));
  const lanes = new Map<string, { frame: number; seq: number; tempId: string }[]>();
  for (const message of sends) {
    const seq = seqs.get(message.tempId);
    if (seq === undefined || wasRefused(message)) continue;
    const connections = new Set<number>();
    for (const { connection, frame } of logWasLost ? message.attempts.slice(-1) : message.attempts) {
      if (connections.has(connection)) continue;
      connections.add(connection);
      const key = `${connection} ${message.roomId}`;
      const lane = lanes.get(key) ?? [];
      lanes.set(key, lane);
      lane.push({ frame, seq, tempId: message.tempId });
    }
  }
  for (const [key, lane] of lanes) {
    lane.sort((one, other) => one.frame - other.frame);
    for (let place = 1; place < lane.length; place++) {
      const [before, after] = [lane[place - 1]!, lane[place]!];
      if (after.seq < before.seq)
        findings.add(
          "I-7",
          "stored in another order than sent",
          `connection ${key}: ${before.tempId} is ${before.seq}, ${after.tempId} behind it is ${after.seq}`,
          "disorder",
        );
    }
  }
}

function wasRefused({ attempts }: SentMessage): boolean {
  return attempts.some(({ answer }) => answer !== undefined && answer !== "RECEIPT");
}

/** I-10: each SEND is answered within 10 s, or its connection is over by then. @param endMs when the run ended */
export function checkAnswers({ sends, connections }: Recording, endMs: number, findings: Findings): void {
  for (const { tempId, attempts } of sends) {
    for (const { connection, atMs, answeredMs } of attempts) {
      const { closedMs = endMs, isOurs } = connections[connection]!;
      const overMs = Math.min(answeredMs ?? endMs, closedMs);
      if (isOurs || overMs - atMs <= answerMs + toleranceMs) continue;
      const took = `${((overMs - atMs) / 1_000).toFixed(1)} s`;
      findings.add("I-10", "no answer within 10 s", `${tempId} on connection ${connection}: ${took}`);
    }
  }
  for (const { tempId, refusedForGood } of sends)
    if (refusedForGood) findings.add("I-10", "refused for good", `${tempId}: ${refusedForGood}`);
}

/** What was never receipted, although the client went on to repeat it. */
export function countUnreceipted({ sends }: Recording): number {
  return sends.filter(({ receiptMs, refusedForGood }) => receiptMs === undefined && !refusedForGood).length;
}

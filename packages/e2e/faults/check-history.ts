// What is stored, against what was sent and receipted (I-1, I-2, I-3), and what readers saw on the way (I-4, I-8).
import type { Findings } from "./findings.ts";
import type { Ending, Recording } from "./recording.ts";

/** I-1: what was receipted is in the history, as it was sent. */
export function checkReceipted({ sends }: Recording, { history }: Ending, findings: Findings): void {
  const stored = new Map([...history.values()].flatMap((room) => room.map((message) => [message.tempId, message])));
  for (const { tempId, roomId, content, receiptMs } of sends) {
    const message = stored.get(tempId);
    if (receiptMs !== undefined && !message)
      findings.add("I-1", "receipted and not in the history", `${tempId} in ${roomId}`, "lost");
    if (message && message.editedAt === null && !message.deleted && message.content !== content)
      findings.add("I-6", "stored with other content than was sent", `${tempId} in ${roomId}`);
  }
}

/** I-2: one row for each (room, sender, tempId), one for each (room, seq); none that nobody sent. */
export function checkRows({ sends }: Recording, { messages }: Ending, findings: Findings): void {
  const keys = new Set<string>();
  const places = new Set<string>();
  const sent = new Set(sends.map(({ tempId }) => tempId));
  for (const { roomId, sender, tempId, seq } of messages) {
    const key = `${roomId} ${sender} ${tempId}`;
    if (keys.has(key)) findings.add("I-2", "stored twice", key, "doubled");
    keys.add(key);
    const place = `${roomId} ${seq}`;
    if (places.has(place)) findings.add("I-2", "two messages at one seq", place, "doubled");
    places.add(place);
    if (!sent.has(tempId)) findings.add("I-2", "a row that nobody sent", key, "doubled");
  }
}

/** I-3: seq = 1…n, n = last_seq, in the table and by pages. */
export function checkNumbers({ history, messages, rooms }: Ending, findings: Findings): void {
  const rows = Map.groupBy(messages, ({ roomId }) => roomId);
  for (const { roomId, lastSeq } of rooms) {
    const seqs = (rows.get(roomId) ?? []).map(({ seq }) => seq).toSorted((one, other) => one - other);
    const missing = firstMissing(seqs, lastSeq);
    if (missing !== undefined || seqs.length !== lastSeq)
      findings.add(
        "I-3",
        "a hole in the table",
        `${roomId}: ${seqs.length} rows, last_seq ${lastSeq}, no ${missing}`,
        "hole",
      );
    const paged = (history.get(roomId) ?? []).map(({ seq }) => seq);
    if (firstMissing(paged, lastSeq) !== undefined || paged.length !== lastSeq)
      findings.add("I-3", "a hole in the pages", `${roomId}: ${paged.length} of ${lastSeq}`, "hole");
  }
  const unknown = [...rows.keys()].filter((roomId) => !rooms.some((room) => room.roomId === roomId));
  for (const roomId of unknown) findings.add("I-3", "messages of no room", roomId);
}

/** @param seqs in order */
function firstMissing(seqs: number[], last: number): number | undefined {
  for (let place = 1; place <= last; place++) if (seqs[place - 1] !== place) return place;
  return undefined;
}

/** I-4: a reader that goes forward skips nothing. */
export function checkPolls({ polls }: Recording, { history }: Ending, findings: Findings): void {
  for (const { roomId, seen } of polls) {
    const stored = history.get(roomId) ?? [];
    const at = seen.findIndex(({ seq, id }, place) => stored[place]?.seq !== seq || stored[place]?.id !== id);
    if (at >= 0)
      findings.add(
        "I-4",
        "a reader of history was given something else",
        `${roomId}: ${seen[at]!.seq} at place ${at + 1}`,
        "hole",
      );
    else if (seen.length < stored.length)
      findings.add(
        "I-4",
        "a reader of history was not given all",
        `${roomId}: ${seen.length} of ${stored.length}`,
        "hole",
      );
  }
}

/** I-8: right after a RECEIPT the message is there. */
export function checkProbes({ probes }: Recording, findings: Findings): void {
  for (const { outcome, tempId, roomId } of probes) {
    if (outcome === "missing")
      findings.add("I-8", "not in the history right after its RECEIPT", `${tempId} in ${roomId}`, "falseReceipt");
  }
}

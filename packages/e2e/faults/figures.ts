// Figures that rows take from a recording: what was refused, lost, late.
import { percentile } from "../src/counting-reader.ts";
import type { Connection, Recording, SentMessage } from "./recording.ts";

interface Span {
  startMs: number;
  endMs: number;
}

const isIn = (atMs: number | undefined, { startMs, endMs }: Span) =>
  atMs !== undefined && atMs >= startMs && atMs <= endMs;

/** `3 TIMEOUT, 4 UNAVAILABLE`, of refusals that came in the span. */
export function describeRefusals({ sends }: Recording, span: Span): string {
  const counts = new Map<string, number>();
  for (const { attempts } of sends)
    for (const { answer, answeredMs } of attempts)
      if (answer !== undefined && answer !== "RECEIPT" && isIn(answeredMs, span))
        counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(", ") || "none";
}

/** How long refusals with this code took to come, in milliseconds. */
export function refusalWaitsMs({ sends }: Recording, code: string, span: Span): number[] {
  return sends.flatMap(({ attempts }) =>
    attempts
      .filter(({ answer, answeredMs }) => answer === code && isIn(answeredMs, span))
      .map(({ atMs, answeredMs }) => answeredMs! - atMs),
  );
}

/** Established connections that the server or the network ended in the span. */
export function lostConnections({ connections }: Recording, span: Span): Connection[] {
  return connections.filter(
    ({ connectedMs, closedMs, isOurs }) => connectedMs !== undefined && !isOurs && isIn(closedMs, span),
  );
}

/** `3 × 1013 SLOW_CONSUMER`: close codes, and what the server said. */
export function describeEndsOf(lost: Connection[]): string {
  const groups = Map.groupBy(lost, ({ closeCode, error }) => `${closeCode} ${error ?? ""}`.trim());
  return [...groups].map(([how, some]) => `${some.length} × ${how}`).join(", ");
}

export function countReceipts({ sends }: Recording, span: Span): number {
  return sends.filter(({ receiptMs }) => isIn(receiptMs, span)).length;
}

/** How long messages that were sent first in the span waited for their RECEIPT at most, in seconds; Infinity for none. */
export function longestReceiptS(
  { sends }: Recording,
  span: Span,
  which: (message: SentMessage) => boolean = () => true,
): number {
  const waits = sends
    .filter((message) => isIn(message.attempts[0]?.atMs, span) && which(message))
    .map(({ attempts, receiptMs = Infinity }) => (receiptMs - attempts[0]!.atMs) / 1_000);
  return percentile(waits, 1);
}

/** From a message's first RECEIPT until the last subscription that stood then and stood to the end had it, in seconds. */
export function longestDeliveryS({ sends, lives }: Recording, span: Span): number {
  const receiptsMs = new Map(sends.map(({ tempId, receiptMs }) => [tempId, receiptMs]));
  let longestMs = 0;
  for (const { given, standsMs, isOpen } of lives) {
    if (!isOpen || standsMs === undefined) continue;
    const had = new Set<string>();
    for (const item of given) {
      if (!("id" in item) || had.has(item.tempId)) continue;
      had.add(item.tempId);
      const receiptMs = receiptsMs.get(item.tempId);
      if (receiptMs !== undefined && receiptMs > standsMs && isIn(receiptMs, span))
        longestMs = Math.max(longestMs, item.atMs - receiptMs);
    }
  }
  return longestMs / 1_000;
}

/** From a preview to what confirmed it on the same subscription, in seconds. */
export function longestPreviewS({ lives }: Recording): number {
  let longestMs = 0;
  for (const { given } of lives) {
    const shownMs = new Map<string, number>();
    for (const item of given) {
      if (item.kind === "resync") shownMs.clear();
      else if (item.kind === "preview") shownMs.set(item.tempId, item.atMs);
      else {
        longestMs = Math.max(longestMs, item.atMs - (shownMs.get(item.tempId) ?? item.atMs));
        shownMs.delete(item.tempId);
      }
    }
  }
  return longestMs / 1_000;
}

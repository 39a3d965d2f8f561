// A sender and a listener that keep to the rules of the guarantee, and remember what they were told.
import { randomUUID } from "node:crypto";
import { destinations, type ChatMessageReceive, type ChatTimestampReceive } from "@parley/contracts";
import { openLink } from "./link.ts";

export interface Attempt {
  tempId: string;
  content: string;
  /** RECEIPT, or the code of a refusal for good. */
  answer: Promise<string>;
}

/** Repeats in the first order whatever is not answered: after a retryable refusal, and on each new connection. */
export function openSender(url: () => string, token: string, roomId: string) {
  const waiting = new Map<string, { tempId: string; content: string; settle: (answer: string) => void }>();
  let again: NodeJS.Timeout | undefined;

  function send(receipt: string) {
    const { tempId, content } = waiting.get(receipt)!;
    link.send("SEND", { destination: destinations.chat, receipt }, JSON.stringify({ roomId, content, tempId }));
  }

  function repeat() {
    again = undefined;
    for (const receipt of waiting.keys()) send(receipt);
  }

  function answer(receipt: string | undefined, text: string) {
    waiting.get(receipt ?? "")?.settle(text);
    waiting.delete(receipt ?? "");
  }

  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  const link = openLink(url, token, {
    connected() {
      link.send("SUBSCRIBE", { id: "errors", destination: destinations.errors });
      repeat();
      isReady();
    },
    frame(command, headers, body) {
      if (command === "RECEIPT") return answer(headers.get("receipt-id"), "RECEIPT");
      const { receiptId, retryable, code } = JSON.parse(body);
      if (!retryable) answer(receiptId, code);
      else again ??= setTimeout(repeat, 20);
    },
  });
  return {
    ready,
    send(tempId: string, content: string): Attempt {
      const receipt = randomUUID();
      const promise = new Promise<string>((settle) => waiting.set(receipt, { tempId, content, settle }));
      send(receipt);
      return { tempId, content, answer: promise };
    },
    close() {
      clearTimeout(again);
      link.close();
    },
  };
}

export type Told = ChatMessageReceive | ChatTimestampReceive;

/**
 * Each connection is a life of its own.
 * @param resumes whether it comes back with the last seq it has; otherwise it hears what comes from then on
 */
export function openListener(url: () => string, token: string, roomId: string, resumes: boolean) {
  const lives: Told[][] = [];
  let lastSeq = 0;
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  const link = openLink(url, token, {
    connected(life) {
      lives[life] = [];
      const headers = { id: "room", destination: `/topic/${roomId}`, receipt: "stands" };
      link.send("SUBSCRIBE", resumes ? { ...headers, after: String(lastSeq) } : headers);
    },
    frame(command, _headers, body) {
      if (command === "RECEIPT") return isReady();
      const told = JSON.parse(body) as Told;
      lives.at(-1)!.push(told);
      lastSeq = Math.max(lastSeq, told.seq ?? 0);
    },
  });
  return {
    ready,
    resumes,
    lives,
    drop: () => link.drop(),
    close: () => link.close(),
  };
}

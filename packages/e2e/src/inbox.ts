// What a client was given, and how to wait for more of it.
import type { ChatMessageReceive, ChatTimestampReceive } from "@parley/contracts";

export type Received = ChatMessageReceive | ChatTimestampReceive;

export class Inbox<T = Received> {
  readonly all: T[] = [];
  #waiting: (() => void)[] = [];

  push(item: T): void {
    this.all.push(item);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once the condition holds of all that was received. */
  async until(condition: (all: T[]) => boolean): Promise<void> {
    while (!condition(this.all)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** The confirmed messages in the order in which they were confirmed, each with the content it was given. */
export function confirmedOf(inbox: Inbox): { seq: number; id: string; content: string }[] {
  const contents = new Map<string, string>();
  const confirmed = [];
  for (const item of inbox.all) {
    const key = `${item.sender} ${item.tempId}`;
    if ("content" in item) contents.set(key, item.content);
    if (item.seq !== null) confirmed.push({ seq: item.seq, id: item.id, content: contents.get(key) ?? "never given" });
  }
  return confirmed;
}

// Sends until the RECEIPT comes, with the same tempId each time: what the guarantee asks of a client.
import { randomUUID } from "node:crypto";
import { destinations } from "@parley/contracts";
import type { Person } from "./accounts.ts";
import { openRaw, type RawClient } from "./raw-client.ts";

export interface Delivery {
  tempId: string;
  attempts: number;
}

/** One connection with many messages under way; what is refused as retryable, or not answered, is sent again. */
export async function openRetryingSender(serviceUrl: () => string, person: Person) {
  const waiting = new Map<string, { receipted(): void; again(): void }>();
  let client = await connect();

  async function connect(): Promise<RawClient> {
    const opened = await openRaw(serviceUrl(), person);
    opened.send("SUBSCRIBE", { id: "errors", destination: destinations.errors });
    void read(opened);
    return opened;
  }

  async function read(opened: RawClient) {
    for (let seen = 0; ; seen++) {
      await opened.frames.until((all) => all.length > seen);
      const { command, headers, body } = opened.frames.all[seen]!;
      if (command === "RECEIPT") waiting.get(headers["receipt-id"] ?? "")?.receipted();
      if (command !== "MESSAGE") continue;
      const { receiptId, retryable, code } = JSON.parse(body);
      if (!retryable) throw new Error(`refused for good: ${code}`);
      waiting.get(receiptId)?.again();
    }
  }

  return {
    async send(roomId: string, content: string): Promise<Delivery> {
      const tempId = randomUUID();
      for (let attempts = 1; ; attempts++) {
        const receipt = randomUUID();
        const isReceipted = await new Promise<boolean>((resolve) => {
          waiting.set(receipt, { receipted: () => resolve(true), again: () => resolve(false) });
          client.send("SEND", { destination: destinations.chat, receipt }, JSON.stringify({ roomId, content, tempId }));
        });
        waiting.delete(receipt);
        if (isReceipted) return { tempId, attempts };
      }
    },
    close: () => client.close(),
  };
}

// One account's connection that listens to rooms: what each of its subscriptions was given and when, and how it ended.
import { ChatRejected, destinations, formatTopic } from "@parley/contracts";
import type { Person } from "./accounts.ts";
import { openRaw, type RawClient, type RawFrame } from "./raw-client.ts";

export interface RoomListener {
  client: RawClient;
  /** Sends the SUBSCRIBE; answers the subscription's id. */
  subscribe(roomId: string, after?: number): string;
  unsubscribe(id: string): void;
  /** Resolves once the SUBSCRIBE is answered: true if it stands, false if it was refused. */
  stands(id: string): Promise<boolean>;
  /** The MESSAGEs of a subscription so far. */
  given(id: string): RawFrame[];
  /** Resolves once the subscription was told FORBIDDEN. */
  ended(id: string): Promise<RawFrame>;
  /** Whether it was told so far. */
  hasEnded(id: string): boolean;
  say(roomId: string, content: string): void;
}

/** What has come, by subscription. */
class Read {
  readonly given = new Map<string, RawFrame[]>();
  readonly ends = new Map<string, RawFrame>();
  readonly receipts = new Set<string>();
  #place = 0;

  upTo(all: RawFrame[]): this {
    for (; this.#place < all.length; this.#place++) this.#add(all[this.#place]!);
    return this;
  }

  #add(frame: RawFrame): void {
    const { command, headers, body } = frame;
    if (command === "RECEIPT") this.receipts.add(headers["receipt-id"]!);
    if (command !== "MESSAGE") return;
    const id = headers["subscription"]!;
    if (id !== "errors") return void this.given.set(id, [...(this.given.get(id) ?? []), frame]);
    const { code, subscription } = ChatRejected.parse(JSON.parse(body));
    if (code === "FORBIDDEN" && subscription !== undefined) this.ends.set(subscription, frame);
  }
}

export async function openListener(gatewayUrl: string, person: Person): Promise<RoomListener> {
  const client = await openRaw(gatewayUrl, person);
  const { frames } = client;
  client.send("SUBSCRIBE", { id: "errors", destination: destinations.errors });
  const read = new Read();
  const hasEnded = (id: string) => read.upTo(frames.all).ends.has(id);
  let subscriptions = 0;
  return {
    client,
    subscribe(roomId, after) {
      const id = `s${++subscriptions}`;
      const headers = { id, destination: formatTopic(roomId), receipt: id };
      client.send("SUBSCRIBE", after === undefined ? headers : { ...headers, after: String(after) });
      return id;
    },
    unsubscribe: (id) => client.send("UNSUBSCRIBE", { id }),
    async stands(id) {
      await frames.until(() => hasEnded(id) || read.receipts.has(id));
      return read.receipts.has(id);
    },
    given: (id) => read.upTo(frames.all).given.get(id) ?? [],
    async ended(id) {
      await frames.until(() => hasEnded(id));
      return read.ends.get(id)!;
    },
    hasEnded,
    say: (roomId, content) =>
      client.send("SEND", { destination: destinations.chat }, JSON.stringify({ roomId, content })),
  };
}

// Two people who write into many rooms at once and read them all, and what must have become of that (G-1 to G-6).
import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { expect } from "vitest";
import { signUp } from "../src/accounts.ts";
import type { Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

export interface ManyRooms {
  rooms: string[];
  /** All messages that will be sent. */
  total: number;
  /** Each has one message under way in each room. @param receipted called with how many have their RECEIPT */
  sendAll(receipted: (count: number) => void): Promise<void>;
  /** Each message is stored once, in its sender's order and without holes, and everybody was given the same. */
  expectWhole(): Promise<void>;
  close(): Promise<void>;
}

/** One person on each of the first two gateways. @param perRoom messages of each in each room */
export async function openManyRooms(cluster: Cluster, { rooms: count = 24, perRoom = 60 } = {}): Promise<ManyRooms> {
  const rooms = Array.from({ length: count }, () => randomUUID());
  const people = await Promise.all(["Alice", "Bob"].map((name) => signUp(cluster.auth.url, name)));
  const listeners = await Promise.all(people.map((person, n) => connectStompjs(cluster.gateways[n]!.url, person)));
  const inboxes = await Promise.all(
    rooms.map((roomId) => Promise.all(listeners.map((listener) => listener.subscribe(roomId)))),
  );
  const senders = await Promise.all(
    people.map((person, n) => openRetryingSender(() => cluster.gateways[n]!.url, person)),
  );
  const pool = new Pool({ connectionString: cluster.databaseUrl });

  async function expectRoomWhole(roomId: string, place: number) {
    const { rows } = await pool.query<{ seq: number; content: string }>(
      "SELECT seq::int, content FROM chat.message WHERE room_id = $1 ORDER BY seq",
      [roomId],
    );
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: senders.length * perRoom }, (_, n) => n + 1));
    for (const who of senders.keys()) {
      const own = rows.filter(({ content }) => content.startsWith(`${who}: `)).map(({ content }) => content);
      expect(own).toEqual(Array.from({ length: perRoom }, (_, n) => `${who}: ${n}`));
    }
    for (const inbox of inboxes[place]!) {
      await inbox.until(() => confirmedOf(inbox).length === rows.length);
      expect(confirmedOf(inbox).map(({ seq, content }) => ({ seq, content }))).toEqual(rows);
    }
  }

  return {
    rooms,
    total: count * senders.length * perRoom,
    async sendAll(receipted) {
      let done = 0;
      const sent = senders.flatMap((sender, who) =>
        rooms.map(async (roomId) => {
          for (let n = 0; n < perRoom; n++) {
            await sender.send(roomId, `${who}: ${n}`);
            receipted(++done);
          }
        }),
      );
      await Promise.all(sent);
    },
    async expectWhole() {
      for (const [place, roomId] of rooms.entries()) await expectRoomWhole(roomId, place);
    },
    async close() {
      for (const sender of senders) sender.close();
      await Promise.all(listeners.map((listener) => listener.close()));
      await pool.end();
    },
  };
}

// What the bench reads of Parley's tables: how far they have come while it measures, and all that is in them afterwards.
import { Client, DatabaseError } from "pg";
import { StoredChecker, type StoredFaults } from "./stored-checker.ts";

/** SQLSTATE: no such table, or no such schema. */
const undefinedStates = new Set(["42P01", "3F000"]);

export interface ChatTables {
  /** Messages that are committed; 0 before there are tables. */
  count: () => Promise<number>;
  /** Compares all rows with what each sender has sent. */
  check(sent: readonly number[]): Promise<StoredFaults>;
  close(): Promise<void>;
}

export async function openChatTables(databaseUrl: string): Promise<ChatTables> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();

  return {
    async count() {
      try {
        // Each room counts its own, under the lock under which it stores: cheaper than to count rows.
        const { rows } = await client.query<{ count: number | null }>(
          "SELECT sum(last_seq)::int AS count FROM chat.room",
        );
        return rows[0]?.count ?? 0;
      } catch (error) {
        if (error instanceof DatabaseError && undefinedStates.has(error.code ?? "")) return 0;
        throw error;
      }
    },
    async check(sent) {
      const checker = new StoredChecker(sent);
      const rooms = await client.query<{ id: string; last: number }>("SELECT id, last_seq::int AS last FROM chat.room");
      for (const { id, last } of rooms.rows) {
        const { rows } = await client.query<{ seq: number; tempId: string }>(
          `SELECT seq::int, temp_id AS "tempId" FROM chat.message WHERE room_id = $1 ORDER BY seq`,
          [id],
        );
        checker.addRoom(rows, last);
      }
      return checker.finish();
    },
    close: () => client.end(),
  };
}

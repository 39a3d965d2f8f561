// The tables of chat-history (contracts §7). `drizzle-kit generate` turns a change here into a migration.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";

const chat = pgSchema("chat");
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const position = (name: string) => bigint(name, { mode: "number" }).notNull();
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** `last_seq` and `last_change_seq` are moved only under the row's lock, in the transaction that stores the message. */
export const room = chat.table(
  "room",
  {
    id: text("id").primaryKey(),
    lastSeq: position("last_seq").default(0),
    lastChangeSeq: position("last_change_seq").default(0),
    changedAt: time("changed_at")
      .notNull()
      .default(sql`statement_timestamp()`),
  },
  // BRIN: the only kind that leaves updates of the row heap-only, and "changed lately" is all it is asked for.
  (table) => [
    index("room_changed_at").using("brin", table.changedAt).with({ pages_per_range: 8, autosummarize: true }),
  ],
);

/** The name an account went by in its latest message. */
export const sender = chat.table("sender", {
  accountId: text("account_id").primaryKey(),
  name: text("name").notNull(),
});

/**
 * `content_hash` is of the content first sent, so that a retry is still recognised after an edit. No foreign key to `room`:
 * whoever writes here holds the room's lock, and checking that for each row was a fifth of what storing it costs.
 */
export const message = chat.table(
  "message",
  {
    id: uuid("id")
      .notNull()
      .default(sql`uuidv7()`),
    roomId: text("room_id").notNull(),
    seq: position("seq"),
    changeSeq: position("change_seq"),
    tempId: uuid("temp_id").notNull(),
    sender: text("sender").notNull(),
    content: text("content").notNull(),
    contentHash: bytea("content_hash").notNull(),
    createdAt: time("created_at").notNull(),
    editedAt: time("edited_at"),
    isDeleted: boolean("is_deleted").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.id] }),
    unique("message_seq").on(table.roomId, table.seq),
    unique("message_change_seq").on(table.roomId, table.changeSeq),
    unique("message_temp_id").on(table.roomId, table.sender, table.tempId),
  ],
);

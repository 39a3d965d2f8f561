// The tables of chat-history (contracts §7). `drizzle-kit generate` turns a change here into a migration.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

const chat = pgSchema("chat");
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const position = (name: string) => bigint(name, { mode: "number" }).notNull();
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const now = sql`statement_timestamp()`;

/**
 * `last_seq` and `last_change_seq` are moved only under the row's lock, in the transaction that stores the message. A room
 * that was deleted stays: its id is never given again. Without `name` it is called by its id.
 */
export const room = chat.table(
  "room",
  {
    id: text("id").primaryKey(),
    lastSeq: position("last_seq").default(0),
    lastChangeSeq: position("last_change_seq").default(0),
    changedAt: time("changed_at").notNull().default(now),
    kind: text("kind", { enum: ["public", "private", "direct"] })
      .notNull()
      .default("public"),
    name: text("name"),
    createdBy: text("created_by"),
    createdAt: time("created_at").notNull().default(now),
    deletedAt: time("deleted_at"),
  },
  // BRIN: the only kind that leaves updates of the row heap-only, and "changed lately" is all it is asked for.
  (table) => [
    index("room_changed_at").using("brin", table.changedAt).with({ pages_per_range: 8, autosummarize: true }),
    index("room_created_by")
      .on(table.createdBy, table.createdAt)
      .where(sql`created_by IS NOT NULL`),
  ],
);

/**
 * Who may do what in a room is changed under this row's lock; `version` counts such changes, `members` those who are in. Not
 * in `room`: the recorder leaves rooms alone that somebody has locked. `all_change` is the latest that concerns everybody,
 * and `all_version` its number.
 */
export const roomAccess = chat.table("room_access", {
  roomId: text("room_id").primaryKey(),
  version: position("version").default(0),
  members: integer("members").notNull().default(0),
  allVersion: position("all_version").default(0),
  allChange: text("all_change"),
});

/**
 * Each account that was ever a member, banned or muted. Rows stay, with the version of their latest change, so that what
 * changed since a version can be told.
 */
export const roomMember = chat.table(
  "room_member",
  {
    roomId: text("room_id").notNull(),
    accountId: text("account_id").notNull(),
    status: text("status", { enum: ["member", "left", "removed", "banned"] }).notNull(),
    role: text("role", { enum: ["owner", "moderator", "member"] }).notNull(),
    version: position("version"),
    change: text("change").notNull(),
    mutedUntil: time("muted_until"),
    joinedAt: time("joined_at"),
    changedAt: time("changed_at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.accountId] }),
    unique("room_member_version").on(table.roomId, table.version),
    index("room_member_status").on(table.roomId, table.status, table.accountId),
    index("room_member_account")
      .on(table.accountId, table.roomId)
      .where(sql`status = 'member'`),
    uniqueIndex("room_member_owner")
      .on(table.roomId)
      .where(sql`role = 'owner' AND status = 'member'`),
  ],
);

/** Accounts that others do not want to hear from. */
export const block = chat.table(
  "block",
  {
    accountId: text("account_id").notNull(),
    blockedId: text("blocked_id").notNull(),
    since: time("since").notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.blockedId] })],
);

/** Who did what to whom, here and in chat-auth. */
export const audit = chat.table(
  "audit",
  {
    id: uuid("id")
      .primaryKey()
      .default(sql`uuidv7()`),
    at: time("at").notNull().default(now),
    action: text("action").notNull(),
    actor: text("actor"),
    target: text("target"),
    roomId: text("room_id"),
    address: text("address"),
    detail: text("detail"),
  },
  (table) => [
    index("audit_at").on(table.at, table.id),
    index("audit_actor").on(table.actor, table.at, table.id),
    index("audit_target").on(table.target, table.at, table.id),
    index("audit_room").on(table.roomId, table.at, table.id),
    index("audit_action").on(table.action, table.at, table.id),
  ],
);

/** How far another service's outbox was read. */
export const follow = chat.table("follow", {
  name: text("name").primaryKey(),
  position: position("position"),
});

/** What an account is called: with version 0 as in its latest message, above it as chat-auth says. */
export const sender = chat.table("sender", {
  accountId: text("account_id").primaryKey(),
  name: text("name").notNull(),
  version: position("version").default(0),
  isDeleted: boolean("is_deleted").notNull().default(false),
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

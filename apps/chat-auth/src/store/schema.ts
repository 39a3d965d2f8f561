// The tables of chat-auth (contracts §7). `drizzle-kit generate` turns a change here into a migration.
import type { SigningKey } from "@parley/tokens";
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  customType,
  index,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

const auth = pgSchema("auth");
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const time = (name: string) => timestamp(name, { withTimezone: true });
const position = (name: string) => bigint(name, { mode: "number" });
const now = sql`clock_timestamp()`;

/**
 * Whoever changes what others follow takes the next number here and keeps the row locked until it commits: who has read up
 * to a number has read all there are (guarantee P-9).
 */
export const counter = auth.table("counter", { name: text("name").primaryKey(), value: position("value").notNull() });

/**
 * `email` is case-folded, and missing for guests; `password_hash` says how it was made (PHC string format), and is missing
 * for who signs in otherwise. One that was deleted has neither, and an empty nickname. `version` counts what happened to
 * it; `change_seq` is where others find its latest name.
 */
export const account = auth.table(
  "account",
  {
    id: uuid("id")
      .primaryKey()
      .default(sql`uuidv7()`),
    email: text("email").unique("account_email"),
    nickname: text("nickname").notNull(),
    passwordHash: text("password_hash"),
    isGuest: boolean("is_guest").notNull().default(false),
    createdAt: time("created_at").notNull().default(now),
    emailVerifiedAt: time("email_verified_at"),
    disabledAt: time("disabled_at"),
    deletedAt: time("deleted_at"),
    version: position("version").notNull().default(0),
    changeSeq: position("change_seq"),
  },
  (table) => [
    uniqueIndex("account_change_seq")
      .on(table.changeSeq)
      .where(sql`${table.changeSeq} IS NOT NULL`),
    index("account_nickname")
      .on(foldedNickname(table), table.id)
      .where(sql`${table.deletedAt} IS NULL`),
  ],
);

/** By which accounts are found and listed: any case, by octets. */
export function foldedNickname({ nickname }: { nickname: AnyPgColumn }) {
  return sql<string>`lower(${nickname}) COLLATE "C"`;
}

/** Who an account is to an OpenID provider. */
export const identity = auth.table(
  "identity",
  {
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    accountId: uuid("account_id")
      .notNull()
      .references(() => account.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] }), index("identity_account_id").on(table.accountId)],
);

/** From where an account has signed in lately. */
export const loginAddress = auth.table(
  "login_address",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => account.id, { onDelete: "cascade" }),
    address: text("address").notNull(),
    seenAt: time("seen_at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.address] }),
    index("login_address_seen_at").on(table.seenAt),
  ],
);

/**
 * One signing-in (`sid`) with all the refresh tokens that follow from it. Over once it has ended or expired; `ended_seq` is
 * where others find that it has ended.
 */
export const login = auth.table(
  "login",
  {
    id: uuid("id")
      .primaryKey()
      .default(sql`uuidv7()`),
    accountId: uuid("account_id")
      .notNull()
      .references(() => account.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull().default(now),
    expiresAt: time("expires_at").notNull(),
    endedAt: time("ended_at"),
    endedSeq: position("ended_seq"),
  },
  (table) => [
    index("login_account_id").on(table.accountId),
    index("login_over_at").on(overAt(table)),
    uniqueIndex("login_ended_seq")
      .on(table.endedSeq)
      .where(sql`${table.endedSeq} IS NOT NULL`),
  ],
);

/** When it ended or expired, or will. */
export function overAt({ endedAt, expiresAt }: { endedAt: AnyPgColumn; expiresAt: AnyPgColumn }) {
  return sql`least(${endedAt}, ${expiresAt})`;
}

/** Only the SHA-256 of a token is kept: the table is of no use to a thief. */
export const refreshToken = auth.table(
  "refresh_token",
  {
    hash: bytea("hash").primaryKey(),
    loginId: uuid("login_id")
      .notNull()
      .references(() => login.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull().default(now),
    usedAt: time("used_at"),
  },
  (table) => [index("refresh_token_login_id").on(table.loginId)],
);

/** From `signs_at` on a key signs, until the next one does; before and after it is only published. */
export const signingKey = auth.table("signing_key", {
  kid: text("kid").primaryKey(),
  privateJwk: jsonb("private_jwk").$type<SigningKey["privateJwk"]>().notNull(),
  createdAt: time("created_at").notNull().default(now),
  signsAt: time("signs_at").notNull().default(now),
});

/** How long access tokens are good for, by what instances were told, and until when one was told so. */
export const tokenLifetime = auth.table("token_lifetime", {
  seconds: position("seconds").primaryKey(),
  usedAt: time("used_at").notNull().default(now),
});

/** Who did what to whom, until chat-history has taken it over. */
export const audit = auth.table(
  "audit",
  {
    seq: position("seq").primaryKey(),
    id: uuid("id")
      .notNull()
      .default(sql`uuidv7()`),
    at: time("at").notNull().default(now),
    action: text("action").notNull(),
    actor: text("actor"),
    target: text("target"),
    address: text("address"),
    detail: text("detail"),
  },
  (table) => [index("audit_at").on(table.at)],
);

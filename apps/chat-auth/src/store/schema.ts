// The tables of chat-auth (contracts §7). `drizzle-kit generate` turns a change here into a migration.
import type { SigningKey } from "@parley/tokens";
import { sql } from "drizzle-orm";
import { customType, index, jsonb, pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";

const auth = pgSchema("auth");
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const time = (name: string) => timestamp(name, { withTimezone: true });
const now = sql`clock_timestamp()`;

/** `email` is case-folded; `password_hash` says how it was made (PHC string format). */
export const account = auth.table("account", {
  id: uuid("id")
    .primaryKey()
    .default(sql`uuidv7()`),
  email: text("email").notNull().unique("account_email"),
  nickname: text("nickname").notNull(),
  passwordHash: text("password_hash").notNull(),
  createdAt: time("created_at").notNull().default(now),
});

/** One signing-in (`sid`) with all the refresh tokens that follow from it. Over once it has ended or expired. */
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
  },
  (table) => [index("login_account_id").on(table.accountId)],
);

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

/** The newest signs; tokens of the others are good until they expire. */
export const signingKey = auth.table("signing_key", {
  kid: text("kid").primaryKey(),
  privateJwk: jsonb("private_jwk").$type<SigningKey["privateJwk"]>().notNull(),
  createdAt: time("created_at").notNull().default(now),
});

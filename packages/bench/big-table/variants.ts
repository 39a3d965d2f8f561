// The two shapes of chat.message that are compared. It knows the shapes; not what is measured on them.
import { escapeIdentifier, type Client } from "pg";
import { dropKeys, readKeys, withRoom, type Key } from "./keys.ts";

export const variants = ["single", "partitioned"] as const;
export type Variant = (typeof variants)[number];

const partitions = Array.from({ length: 16 }, (_, remainder) => ({
  remainder,
  /** Each has a schema of its own, so that its indexes can have the names of the whole table's. */
  schema: `chat_${String(remainder).padStart(2, "0")}`,
}));

/** What a migration would do to an empty table. `id` alone is then unique by being random, no longer by a key. */
const partitionSql = `
  ALTER TABLE chat.message RENAME TO message_whole;
  CREATE TABLE chat.message (LIKE chat.message_whole INCLUDING DEFAULTS) PARTITION BY HASH (room_id);
  DROP TABLE chat.message_whole;
  ${partitions
    .map(
      ({ remainder, schema }) => `
  CREATE SCHEMA ${schema};
  CREATE TABLE ${schema}.message PARTITION OF chat.message
    FOR VALUES WITH (MODULUS ${partitions.length}, REMAINDER ${remainder});`,
    )
    .join("")}`;

/**
 * Gives the empty table, as the migrations left it, the variant's shape.
 * @returns the keys that it must have once it is filled; it has none now
 */
export async function shape(client: Client, variant: Variant): Promise<Key[]> {
  const keys = await readKeys(client);
  await dropKeys(client, keys);
  if (variant === "single") return keys;
  await client.query(partitionSql);
  return keys.map(withRoom);
}

/** Has violations of a partition's keys say the name that chat-history knows. Of a single table there is nothing to do. */
export async function nameAlike(client: Client): Promise<void> {
  const { rows } = await client.query<{ schema: string; own: string; whole: string }>(`
    SELECT own.relnamespace::regnamespace::text AS schema, own.relname AS own, whole.relname AS whole
    FROM pg_index JOIN pg_class AS whole ON whole.oid = indexrelid
    JOIN pg_inherits ON inhparent = indexrelid JOIN pg_class AS own ON own.oid = inhrelid
    WHERE indrelid = 'chat.message'::regclass AND own.relname <> whole.relname`);
  for (const { schema, own, whole } of rows)
    await client.query(`ALTER INDEX ${schema}.${escapeIdentifier(own)} RENAME TO ${escapeIdentifier(whole)}`);
}

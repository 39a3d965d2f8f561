// The keys and indexes of chat.message, taken away while it is filled and made again afterwards. It knows the table, not
// which keys it has.
import { escapeIdentifier, type Client } from "pg";

export interface Key {
  name: string;
  /** How PostgreSQL spells it: what follows ADD CONSTRAINT, or a whole CREATE INDEX. */
  definition: string;
  kind: "constraint" | "index";
}

/** Those that cost something: NOT NULL stays. */
export async function readKeys(client: Client): Promise<Key[]> {
  const { rows } = await client.query<Key>(`
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition, 'constraint' AS kind
    FROM pg_constraint WHERE conrelid = 'chat.message'::regclass AND contype IN ('p', 'u', 'f')
    UNION ALL
    SELECT relname, pg_get_indexdef(indexrelid), 'index'
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = 'chat.message'::regclass
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
    ORDER BY kind, name`);
  return rows;
}

export async function dropKeys(client: Client, keys: Key[]): Promise<void> {
  for (const { name, kind } of keys)
    await client.query(
      kind === "constraint"
        ? `ALTER TABLE chat.message DROP CONSTRAINT ${escapeIdentifier(name)}`
        : `DROP INDEX chat.${escapeIdentifier(name)}`,
    );
}

export async function createKey(client: Client, { name, definition, kind }: Key): Promise<void> {
  await client.query(
    kind === "constraint"
      ? `ALTER TABLE chat.message ADD CONSTRAINT ${escapeIdentifier(name)} ${definition}`
      : definition,
  );
}

/** A key of a partitioned table must contain what it is partitioned by. */
export function withRoom(key: Key): Key {
  const isUnique = /^(?:PRIMARY KEY|UNIQUE)|^CREATE UNIQUE/.test(key.definition);
  if (!isUnique || /\broom_id\b/.test(key.definition)) return key;
  return { ...key, definition: key.definition.replace("(", "(room_id, ") };
}

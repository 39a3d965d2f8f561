// What the table and its keys take on disk, partitions added up. It must not know which variant it looks at.
import type { Client } from "pg";

export interface Size {
  name: string;
  bytes: number;
}

/** The table first, without its keys. */
export async function readSizes(client: Client): Promise<Size[]> {
  const { rows } = await client.query<{ name: string; bytes: string }>(`
    SELECT name, coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(oid)), pg_relation_size(oid)) AS bytes
    FROM (
      SELECT 'message'::text AS name, 'chat.message'::regclass::oid AS oid, 0 AS place
      UNION ALL
      SELECT relname, indexrelid, 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE indrelid = 'chat.message'::regclass
    ) AS part
    ORDER BY place, name`);
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

// What an index of the messages that are not deleted would bring and cost: the page behind a long run of deleted ones,
// and the recorder's batches, with and without it in turn.
import { createHttpClient } from "./http-client.ts";
import type { Contender } from "./contender.ts";
import { measureStore, type StoreMeasure } from "./measure-store.ts";
import { roomId, sweptRoom } from "./population.ts";

export interface MendMeasure {
  hasIndex: boolean;
  /** Of pages one at a time, in milliseconds. */
  sweptPageMs: number;
  store: StoreMeasure;
  indexBytes: number;
}

const name = "big_table_shown";
const definition = `CREATE INDEX ${name} ON chat.message (room_id, seq) WHERE NOT is_deleted`;
const pages = 21;

/** Whether the tables have an index of their own that tells deleted ones apart: then there is nothing to mend. */
export async function isMended({ client }: Contender): Promise<boolean> {
  const { rows } = await client.query(`
    SELECT FROM pg_index WHERE indrelid = 'chat.message'::regclass AND indexrelid::regclass::text <> 'chat.${name}'
      AND pg_get_indexdef(indexrelid) ~ 'is_deleted'`);
  return rows.length > 0;
}

export async function measureMend(contender: Contender, hasIndex: boolean): Promise<MendMeasure> {
  const { client } = contender;
  if (hasIndex) await client.query(definition);
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT pg_relation_size(to_regclass('chat.${name}')) AS bytes`,
  );
  try {
    const sweptPageMs = await medianPageMs(contender);
    const store = await measureStore(contender);
    return { hasIndex, sweptPageMs, store, indexBytes: Number(rows[0]?.bytes ?? 0) };
  } finally {
    await client.query(`DROP INDEX IF EXISTS chat.${name}`);
  }
}

async function medianPageMs({ client, history, token }: Contender): Promise<number> {
  const room = roomId(sweptRoom.number);
  const { rows } = await client.query<{ seq: string }>(
    "SELECT max(seq) AS seq FROM chat.message WHERE room_id = $1 AND is_deleted",
    [room],
  );
  const http = createHttpClient(history.url, token);
  const tookMs: number[] = [];
  for (let n = 0; n < pages; n++) {
    const startMs = performance.now();
    const { status } = await http.get(`/${room}/messages?limit=50&before=${Number(rows[0]?.seq) + 1}`);
    if (status !== 200) throw new Error(`chat-history answered ${status}`);
    tookMs.push(performance.now() - startMs);
  }
  http.close();
  return tookMs.toSorted((one, other) => one - other)[Math.floor(pages / 2)]!;
}

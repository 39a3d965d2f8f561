// Fills a variant's tables on the server, a stretch of time after the other, as if its rooms had been talking all along:
// messages of all rooms mixed, some edited and deleted later. It must not know what will be asked of them.
import type { Client } from "pg";
import {
  accounts,
  bigRoom,
  contentLength,
  membersOf,
  otherRooms,
  perTenThousand,
  sweptRoom,
  text,
} from "./population.ts";

const rowsAtOnce = 500_000;
/** How much later an edit or a deletion is at most, counted in messages of all rooms. */
const changedWithin = 20_000;
const begin = "2025-01-01T00:00:00Z";
/** Between two messages. */
const gapMs = 3_000;

/** A number from 0 up to 1, the same every time. */
const draw = (what: string, seed: number) => `((hashint8extended(${what}, ${seed}) & 1048575) / 1048576.0)`;
const uuidOf = (name: string) => `md5(${name})::uuid`;

/** $1: how many rooms, $2: how many accounts. */
const createRooms = `
  INSERT INTO chat.room (id, changed_at)
  SELECT ${uuidOf("'room ' || n")}::text, '${begin}' FROM generate_series(0, $1::int - 1) AS n`;
const createAccounts = `
  INSERT INTO chat.sender (account_id, name)
  SELECT ${uuidOf("'account ' || n")}::text, 'Person ' || n FROM generate_series(0, $1::int - 1) AS n`;

/**
 * $1, $2: the first message and the last one of this stretch; $3: how many there will be in all.
 * A room's events, creations and later changes of them, are put in order; `seq` counts the creations and `change_seq` all.
 */
const createMessages = `
  WITH drawn AS MATERIALIZED (
    SELECT n, room, ${draw("n", 2)} AS fate,
      room = ${sweptRoom.number} AND n BETWEEN $3 * ${sweptRoom.firstShare} AND $3 * ${sweptRoom.lastShare} AS swept
    FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (
      SELECT CASE
        WHEN n % ${bigRoom.every} = 0 THEN ${bigRoom.number}
        WHEN n % ${sweptRoom.every} = ${sweptRoom.remainder} THEN ${sweptRoom.number}
        ELSE ${otherRooms.first} + floor(${otherRooms.count} * power(${draw("n", 1)}, ${otherRooms.skew}))::int
      END AS room
    ) AS drawn_room
  ), fated AS MATERIALIZED (
    SELECT n, room,
      swept OR room <> ${sweptRoom.number} AND fate < ${perTenThousand.deleted / 10_000} AS deleted,
      room <> ${sweptRoom.number} AND fate BETWEEN ${perTenThousand.deleted / 10_000}
        AND ${(perTenThousand.deleted + perTenThousand.edited) / 10_000} AS edited
    FROM drawn
  ), event AS (
    SELECT n, room, n AS at, true AS created FROM fated
    UNION ALL
    SELECT n, room, least(n + floor(${changedWithin} * ${draw("n", 3)})::bigint, $2::bigint), false
    FROM fated WHERE deleted OR edited
  ), numbered AS MATERIALIZED (
    SELECT n, room, at, created,
      row_number() OVER room_order AS changes,
      count(*) FILTER (WHERE created) OVER room_order AS creations
    FROM event
    WINDOW room_order AS (PARTITION BY room ORDER BY at, created DESC, n ROWS UNBOUNDED PRECEDING)
  ), placed AS (
    SELECT n, max(changes) AS changes, max(creations) FILTER (WHERE created) AS creations, max(at) AS at
    FROM numbered GROUP BY n
  ), moved AS (
    UPDATE chat.room SET last_seq = last_seq + more.creations, last_change_seq = last_change_seq + more.changes
    FROM (
      SELECT ${uuidOf("'room ' || room")}::text AS id, max(changes) AS changes, max(creations) AS creations
      FROM numbered GROUP BY room
    ) AS more
    WHERE room.id = more.id
  )
  INSERT INTO chat.message
    (id, room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at, edited_at, is_deleted)
  SELECT
    (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5('id ' || n), 1, 3)
      || '8' || substr(md5('id ' || n), 4, 15))::uuid,
    chat.room.id, last_seq + creations, last_change_seq + changes, ${uuidOf("'temp ' || n")},
    ${uuidOf("'account ' || account")}::text,
    CASE WHEN deleted THEN '' WHEN edited THEN 'Edited: ' || first ELSE first END, sha256(convert_to(first, 'UTF8')),
    created_at, CASE WHEN edited THEN '${begin}'::timestamptz + at * interval '${gapMs} ms' + interval '1 s' END, deleted
  FROM fated JOIN placed USING (n) JOIN chat.room ON chat.room.id = ${uuidOf("'room ' || room")}::text, LATERAL (
    SELECT '${begin}'::timestamptz + n * interval '${gapMs} ms' AS created_at,
      substr($4, 1 + floor(${draw("n", 4)} * (length($4) - ${contentLength.max}))::int,
        ${contentLength.min} + floor(${draw("n", 5)} * ${contentLength.max - contentLength.min})::int) AS first,
      floor(${accounts} * ${draw(
        `room * 10000 + floor(${draw("n", 6)} * CASE WHEN room = ${bigRoom.number} THEN ${membersOf.bigRoom} ELSE ${membersOf.other} END)::bigint`,
        7,
      )})::int AS account
  ) AS made
  ORDER BY n`;

/** @param progress told how many rows there are, after each stretch */
export async function fill(client: Client, rows: number, progress: (done: number) => void): Promise<void> {
  await client.query("SET synchronous_commit = off");
  await client.query(createRooms, [otherRooms.first + otherRooms.count]);
  await client.query(createAccounts, [accounts]);
  await client.query("ANALYZE chat.room");
  for (let first = 1; first <= rows; first += rowsAtOnce) {
    const last = Math.min(rows, first + rowsAtOnce - 1);
    await client.query(createMessages, [first, last, rows, text]);
    progress(last);
  }
}

/** @throws Error if a room's numbers are not what they must be: from 1 without holes, each once, the room's own the last */
export async function checkNumbers(client: Client): Promise<void> {
  const { rows } = await client.query<{ wrong: string }>(`
    SELECT count(*) AS wrong FROM (
      SELECT room_id, count(*) AS count, max(seq) AS seq, min(seq) AS first, max(change_seq) AS change_seq,
        min(change_seq) AS first_change, count(*) FILTER (WHERE is_deleted OR edited_at IS NOT NULL) AS changed
      FROM chat.message GROUP BY room_id
    ) AS found FULL JOIN chat.room ON id = room_id
    WHERE room_id IS NULL AND last_seq > 0
      OR count IS DISTINCT FROM last_seq AND last_seq > 0
      OR seq <> last_seq OR first <> 1 OR change_seq <> last_change_seq OR first_change < 1
      OR last_change_seq <> last_seq + changed`);
  if (Number(rows[0]?.wrong) > 0) throw new Error(`${rows[0]?.wrong} rooms are numbered wrongly after the fill`);
}

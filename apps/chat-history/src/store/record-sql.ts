// The statements of the recorder's transaction (guarantee §2.2), in the order they run.

/** $1: room ids. Rooms come into being with their first message, where configuration has it so. */
export const createRooms = `
  INSERT INTO chat.room (id)
  SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
  WHERE NOT EXISTS (SELECT FROM chat.room WHERE room.id = wanted.id)
  ORDER BY wanted.id
  ON CONFLICT DO NOTHING`;

/**
 * $1: room ids. Answers those that are ours until the commit, how far they have come, and whether they were deleted; a room
 * that somebody else holds is left out. A statement of its own, awaited: what comes next is numbered from it, or has its snapshot after the lock.
 */
export const lockRooms = `
  SELECT id, last_seq, last_change_seq, deleted_at IS NOT NULL AS is_deleted
  FROM chat.room WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

/** $1: room ids that could not be locked. Answers those that are there. */
export const findRooms = `SELECT id FROM chat.room WHERE id = ANY ($1)`;

/**
 * New messages that are numbered already, a column each. Fails with a violation of `message_temp_id` if one is stored
 * already. Answers one row, since a row for each costs more than it says: ids and seqs in the order of insertion.
 */
export const insertMessages = `
  WITH inserted AS (
    INSERT INTO chat.message (room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at)
    SELECT room_id, seq, change_seq, temp_id, sender, content, sha256(convert_to(content, 'UTF8')), statement_timestamp()
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::text[])
      AS e (room_id, seq, change_seq, temp_id, sender, content)
    RETURNING id, seq, created_at
  )
  SELECT string_agg(id::text, ',') AS ids, string_agg(seq::text, ',') AS seqs, min(created_at) AS created_at
  FROM inserted`;

/** $1: room ids, all locked; $2: how many messages each has been given. */
export const moveRooms = `
  UPDATE chat.room
  SET last_seq = last_seq + more.count, last_change_seq = last_change_seq + more.count, changed_at = statement_timestamp()
  FROM unnest($1::text[], $2::bigint[]) AS more (id, count)
  WHERE room.id = more.id`;

/**
 * $1: account ids; $2: the names they go by now. In one order, so that two writers do not wait for each other. With a version
 * the name is chat-auth's to say.
 */
export const nameSenders = `
  INSERT INTO chat.sender (account_id, name)
  SELECT * FROM unnest($1::text[], $2::text[]) AS e (account_id, name) ORDER BY account_id
  ON CONFLICT (account_id) DO UPDATE SET name = excluded.name
  WHERE sender.name <> excluded.name AND sender.version = 0`;

/**
 * The same for entries of which some may be stored already, or come twice. Three times as dear, so it is for these only.
 * $1: the entries as JSON, in log order; all rooms locked. JSON, because both sides read it fast, and because PostgreSQL
 * expects a hundred rows of it: a plan that is made once then suits one entry and a thousand.
 * What is stored already, or comes twice in the batch, is left out *before* numbering: numbering first would leave
 * holes. Answers one row for each entry: the stored message, and whether the entry's content is the one first sent.
 */
export const storeMessages = `
  WITH entry AS (
    SELECT *, sha256(convert_to(content, 'UTF8')) AS hash
    FROM ROWS FROM (
      json_to_recordset($1) AS ("roomId" text, "tempId" uuid, sender text, "senderName" text, content text)
    ) WITH ORDINALITY AS e (room_id, temp_id, sender, sender_name, content, n)
  ), known AS (
    SELECT m.*
    FROM (SELECT DISTINCT room_id, sender, temp_id FROM entry) AS e CROSS JOIN LATERAL (
      SELECT * FROM chat.message m WHERE (m.room_id, m.sender, m.temp_id) = (e.room_id, e.sender, e.temp_id) LIMIT 1
    ) AS m
  ), fresh AS (
    SELECT DISTINCT ON (room_id, sender, temp_id) e.*
    FROM entry e LEFT JOIN known USING (room_id, sender, temp_id)
    WHERE known.id IS NULL
    ORDER BY room_id, sender, temp_id, n
  ), placed AS (
    SELECT *, row_number() OVER (PARTITION BY room_id ORDER BY n) AS place FROM fresh
  ), inserted AS (
    INSERT INTO chat.message (room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at)
    SELECT room_id, last_seq + place, last_change_seq + place, temp_id, sender, content, hash, statement_timestamp()
    FROM placed JOIN chat.room ON room.id = placed.room_id
    ORDER BY n
    RETURNING *
  ), moved AS (
    UPDATE chat.room
    SET last_seq = last_seq + more.count, last_change_seq = last_change_seq + more.count, changed_at = statement_timestamp()
    FROM (SELECT room_id, max(place) AS count FROM placed GROUP BY room_id) AS more
    WHERE room.id = more.room_id
  ), named AS (
    INSERT INTO chat.sender (account_id, name)
    SELECT DISTINCT ON (e.sender) e.sender, e.sender_name FROM entry e
    WHERE NOT EXISTS (
      SELECT FROM chat.sender s WHERE s.account_id = e.sender AND (s.name = e.sender_name OR s.version > 0)
    )
    ORDER BY e.sender, e.n DESC
    ON CONFLICT (account_id) DO UPDATE SET name = excluded.name WHERE sender.version = 0
  )
  SELECT m.*, entry.sender_name, m.content_hash = entry.hash AS same
  FROM entry JOIN (SELECT * FROM inserted UNION ALL SELECT * FROM known) AS m USING (room_id, sender, temp_id)
  ORDER BY entry.n`;

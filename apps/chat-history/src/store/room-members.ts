// Reading who is in a room, who is kept out of it, and whom an account has blocked: each list by account id. It does not
// know who may read it.
import type { Member, RoomRole, ShutOutPage } from "@parley/contracts";
import type { Pool } from "pg";

/** A page of a list: those behind an id, so many. */
export interface ListPage {
  after: string;
  limit: number;
}

type ShutOut = ShutOutPage["accounts"][number];

interface MemberRow {
  account_id: string;
  name: string;
  role: RoomRole;
  muted_until: Date | null;
  joined_at: Date;
}

const name = "coalesce(sender.name, own.account_id) AS name";

const membersOf = `
  SELECT own.account_id, ${name}, own.role, own.joined_at,
    CASE WHEN own.muted_until > statement_timestamp() THEN own.muted_until END AS muted_until
  FROM chat.room_member own LEFT JOIN chat.sender ON sender.account_id = own.account_id
  WHERE own.room_id = $1 AND own.status = 'member'`;

const bannedFrom = `
  SELECT own.account_id, ${name}, own.changed_at AS since
  FROM chat.room_member own LEFT JOIN chat.sender ON sender.account_id = own.account_id
  WHERE own.room_id = $1 AND own.status = 'banned' AND own.account_id > $2
  ORDER BY own.account_id LIMIT $3`;

const blockedBy = `
  SELECT own.account_id, ${name}, own.since
  FROM (SELECT account_id AS by_id, blocked_id AS account_id, since FROM chat.block) AS own
  LEFT JOIN chat.sender ON sender.account_id = own.account_id
  WHERE own.by_id = $1 AND own.account_id > $2
  ORDER BY own.account_id LIMIT $3`;

export async function readMembers(pool: Pool, roomId: string, { after, limit }: ListPage): Promise<Member[]> {
  const text = `${membersOf} AND own.account_id > $2 ORDER BY own.account_id LIMIT $3`;
  const { rows } = await pool.query<MemberRow>({ name: "read-members", text, values: [roomId, after, limit] });
  return rows.map(parseMember);
}

/** Undefined if the account is not in. */
export async function readMember(pool: Pool, roomId: string, accountId: string): Promise<Member | undefined> {
  const text = `${membersOf} AND own.account_id = $2`;
  const { rows } = await pool.query<MemberRow>({ name: "read-member", text, values: [roomId, accountId] });
  return rows[0] && parseMember(rows[0]);
}

export function readBanned(pool: Pool, roomId: string, page: ListPage): Promise<ShutOut[]> {
  return readShutOut(pool, "read-banned", bannedFrom, roomId, page);
}

export function readBlocked(pool: Pool, accountId: string, page: ListPage): Promise<ShutOut[]> {
  return readShutOut(pool, "read-blocked", blockedBy, accountId, page);
}

async function readShutOut(
  pool: Pool,
  statement: string,
  text: string,
  of: string,
  { after, limit }: ListPage,
): Promise<ShutOut[]> {
  const { rows } = await pool.query<{ account_id: string; name: string; since: Date }>({
    name: statement,
    text,
    values: [of, after, limit],
  });
  return rows.map((row) => ({ accountId: row.account_id, name: row.name, since: row.since.toISOString() }));
}

function parseMember(row: MemberRow): Member {
  return {
    accountId: row.account_id,
    name: row.name,
    role: row.role,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    joinedAt: row.joined_at.toISOString(),
  };
}

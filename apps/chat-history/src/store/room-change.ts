// The one way in which access to a room changes: under the lock of its counter, with a number of its own for each change,
// an entry of the audit log in the same transaction, and events once all is committed. It does not know who may do what.
import type { AccessChange, ChatAccessPubSub, RoomKind, RoomRole } from "@parley/contracts";
import type { Turns } from "@parley/service";
import type { Pool, PoolClient } from "pg";
import { lockAccounts } from "./account-lock.ts";
import { writeAudit, type AuditEntry } from "./audit.ts";
import { inTransaction, lockTimeout } from "./transaction.ts";

export interface RoomState {
  kind: RoomKind;
  name: string | null;
  isDeleted: boolean;
}

export interface MemberState {
  status: "member" | "left" | "removed" | "banned";
  role: RoomRole;
  mutedUntil: Date | null;
  joinedAt: Date | null;
}

/** One transaction on one room, whose lock it holds. */
export interface RoomChange {
  readonly roomId: string;
  readonly client: PoolClient;
  /** When it began, by PostgreSQL's clock. */
  readonly now: Date;
  /** How many are members. */
  readonly members: number;
  readRoom(): Promise<RoomState | undefined>;
  /** Undefined if the account was never concerned. */
  readMember(accountId: string): Promise<MemberState | undefined>;
  /** The account's state from now on. */
  putMember(accountId: string, change: AccessChange, state: MemberState): Promise<void>;
  /** Something that concerns everybody. */
  putAll(change: AccessChange): Promise<void>;
  audit(entry: AuditEntry): Promise<void>;
}

export interface RoomChanges {
  /** Commits what the work does, then tells it. @throws what the work throws: nothing has changed then */
  run<T>(roomId: string, work: (change: RoomChange) => Promise<T>): Promise<T>;
  /** The same, with locks on accounts too: what is counted over all rooms of one, or whether it was deleted, stays so. */
  runFor<T>(accountIds: string[], roomId: string, work: (change: RoomChange) => Promise<T>): Promise<T>;
}

/** Makes the counter if there is none: a room may not be there yet. */
const lock = `
  INSERT INTO chat.room_access AS counter (room_id) VALUES ($1)
  ON CONFLICT (room_id) DO UPDATE SET version = counter.version
  RETURNING members, statement_timestamp() AS now`;

const readRoom = `SELECT kind, name, deleted_at IS NOT NULL AS "isDeleted" FROM chat.room WHERE id = $1`;

const readMember = `
  SELECT status, role, muted_until AS "mutedUntil", joined_at AS "joinedAt"
  FROM chat.room_member WHERE room_id = $1 AND account_id = $2`;

/** $8: how many more are in. */
const putMember = `
  WITH counted AS (
    UPDATE chat.room_access SET version = version + 1, members = members + $8 WHERE room_id = $1 RETURNING version
  )
  INSERT INTO chat.room_member AS own (room_id, account_id, status, role, version, change, muted_until, joined_at)
  SELECT $1, $2, $3, $4, version, $5, $6, $7 FROM counted
  ON CONFLICT (room_id, account_id) DO UPDATE
  SET (status, role, version, change, muted_until, joined_at, changed_at) =
    (excluded.status, excluded.role, excluded.version, excluded.change, excluded.muted_until, excluded.joined_at,
     statement_timestamp())
  RETURNING version`;

const putAll = `
  UPDATE chat.room_access SET version = version + 1, all_version = version + 1, all_change = $2
  WHERE room_id = $1 RETURNING version`;

export interface RoomChangesOptions {
  pool: Pool;
  /** No more at once than the pool has connections for. */
  turns: Turns;
  /** Called with what was committed; must not fail. */
  tell: (events: ChatAccessPubSub[]) => void;
}

export function createRoomChanges({ pool, turns, tell }: RoomChangesOptions): RoomChanges {
  async function run<T>(
    roomId: string,
    work: (change: RoomChange) => Promise<T>,
    accountIds: string[] = [],
  ): Promise<T> {
    const events: ChatAccessPubSub[] = [];
    const result = await turns.run(() =>
      inTransaction(pool, async (client) => {
        await client.query(lockTimeout);
        if (accountIds.length > 0) await lockAccounts(client, accountIds);
        return work(await begin(client, roomId, (event) => events.push(event)));
      }),
    );
    if (events.length > 0) tell(events);
    return result;
  }

  return { run, runFor: (accountIds, roomId, work) => run(roomId, work, accountIds) };
}

async function begin(
  client: PoolClient,
  roomId: string,
  happened: (event: ChatAccessPubSub) => void,
): Promise<RoomChange> {
  const counter = (await client.query<{ members: number; now: Date }>(lock, [roomId])).rows[0]!;
  let { members } = counter;
  const readState = async (accountId: string) =>
    (await client.query<MemberState>(readMember, [roomId, accountId])).rows[0];
  return {
    roomId,
    client,
    now: counter.now,
    get members() {
      return members;
    },
    readRoom: async () => (await client.query<RoomState>(readRoom, [roomId])).rows[0],
    readMember: readState,
    async putMember(accountId, change, state) {
      const { status, role, mutedUntil, joinedAt } = state;
      const more = countOf(state) - countOf(await readState(accountId));
      const values = [roomId, accountId, status, role, change, mutedUntil, joinedAt, more];
      const { rows } = await client.query<{ version: string }>(putMember, values);
      members += more;
      happened({ roomId, accountId, version: Number(rows[0]!.version), change });
    },
    async putAll(change) {
      const { rows } = await client.query<{ version: string }>(putAll, [roomId, change]);
      happened({ roomId, version: Number(rows[0]!.version), change });
    },
    audit: (entry) => writeAudit(client, { ...entry, roomId }),
  };
}

function countOf(state: MemberState | undefined): number {
  return state?.status === "member" ? 1 : 0;
}

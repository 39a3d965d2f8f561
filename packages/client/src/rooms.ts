// Rooms, members and people over HTTP (contracts §3, §4): one call each. It keeps nothing.
import type {
  AccountsPage,
  MemberAnswer,
  MembersPage,
  PublicAccount,
  RoomAnswer,
  RoomRole,
  RoomsPage,
  ShutOutPage,
} from "@parley/contracts";
import type { ListFrom, Rooms } from "./api.ts";
import type { Call } from "./call.ts";

const pageMax = 200;

/** @param onEntered the account has come into this room */
export function createRooms(call: Call, accountId: string, onEntered: (roomId: string) => void): Rooms {
  const placeOf = (roomId: string, list: "members" | "bans" | "mutes", who: string) =>
    `/rooms/${roomId}/${list}/${encodeURIComponent(who)}`;

  async function putMember(roomId: string, who: string, role?: RoomRole) {
    const { member } = await call<MemberAnswer>(placeOf(roomId, "members", who), {
      method: "PUT",
      body: role ? { role } : {},
    });
    return member;
  }

  const directWith = (who: string) => `/rooms/direct/${encodeURIComponent(who)}`;

  async function enter(asking: Promise<RoomAnswer>) {
    const { room } = await asking;
    onEntered(room.id);
    return room;
  }

  return {
    list: (from) => call<RoomsPage>(`/rooms?${formatQuery(from)}`),
    get: async (roomId) => (await call<RoomAnswer>(`/rooms/${roomId}`)).room,
    create: (room) => enter(call("/rooms", { method: "POST", body: room })),
    async join(roomId) {
      const member = await putMember(roomId, accountId);
      onEntered(roomId);
      return member;
    },
    leave: (roomId) => call(placeOf(roomId, "members", accountId), { method: "DELETE" }),
    rename: async (roomId, name) =>
      (await call<RoomAnswer>(`/rooms/${roomId}`, { method: "PATCH", body: { name } })).room,
    delete: (roomId) => call(`/rooms/${roomId}`, { method: "DELETE" }),
    direct: (who) => enter(call(directWith(who), { method: "PUT" })),
    block: (who) => call(`${directWith(who)}/block`, { method: "PUT" }),
    unblock: (who) => call(`${directWith(who)}/block`, { method: "DELETE" }),
    blocked: (from) => call<ShutOutPage>(`/rooms/direct/blocks?${formatQuery(from)}`),
    members: (roomId, from) => call<MembersPage>(`/rooms/${roomId}/members?${formatQuery(from)}`),
    invite: putMember,
    remove: (roomId, who) => call(placeOf(roomId, "members", who), { method: "DELETE" }),
    ban: (roomId, who) => call(placeOf(roomId, "bans", who), { method: "PUT" }),
    unban: (roomId, who) => call(placeOf(roomId, "bans", who), { method: "DELETE" }),
    bans: (roomId, from) => call<ShutOutPage>(`/rooms/${roomId}/bans?${formatQuery(from)}`),
    mute: (roomId, who, seconds) => call(placeOf(roomId, "mutes", who), { method: "PUT", body: { seconds } }),
    unmute: (roomId, who) => call(placeOf(roomId, "mutes", who), { method: "DELETE" }),
    async findAccounts(query): Promise<readonly PublicAccount[]> {
      const { accounts } = await call<AccountsPage>(`/auth/accounts?${new URLSearchParams({ query })}`);
      return accounts;
    },
  };
}

function formatQuery({ cursor }: ListFrom = {}): URLSearchParams {
  return new URLSearchParams({ limit: String(pageMax), ...(cursor !== undefined && { cursor }) });
}

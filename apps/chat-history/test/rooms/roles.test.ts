import { randomUUID } from "node:crypto";
import type { RoomKind } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHistory } from "../fixture.ts";

/** Who asks, in the order of the columns below. Who is banned never was in. */
const asking = ["owner", "moderator", "member", "outsider", "banned"] as const;

/** What is asked, and what each is answered; `-` where there is no such case. `self` is whoever asks. */
const both = `
  GET    members                              200 200 200 403 403
  GET    bans                                 200 200 403 403 403
  PUT    members/newcomer                     200 200 403 403 403
  PUT    members/other-member                 200 200 403 403 403
  PUT    members/newcomer    role=moderator   200 403 403 403 403
  PUT    members/other-member role=moderator  200 403 403 403 403
  PUT    members/other-member role=owner      200 403 403 403 403
  PUT    members/other-moderator role=member  200 403 403 403 403
  PUT    members/banned                       409 409 403 403  -
  DELETE members/other-member                 204 204 403 403 403
  DELETE members/other-moderator              204 403 403 403 403
  DELETE members/owner                         -  403 403 403 403
  DELETE members/newcomer                     204 204 403 403 403
  PUT    bans/other-member                    204 204 403 403 403
  PUT    bans/newcomer                        204 204 403 403 403
  PUT    bans/other-moderator                 204 403 403 403 403
  PUT    bans/owner                           403 403 403 403 403
  DELETE bans/banned                          204 204 403 403 403
  DELETE bans/other-member                    204 204 403 403 403
  PUT    mutes/other-member                   204 204 403 403 403
  PUT    mutes/other-moderator                204 403 403 403 403
  PUT    mutes/owner                          403 403 403 403 403
  DELETE mutes/other-member                   204 204 403 403 403
  DELETE mutes/other-moderator                204 403 403 403 403
  PATCH                                       200 200 403 403 403
  DELETE                                      204 403 403 403 403
  PUT    members/self        role=owner       200 403 403 403 403`;
const onlyPrivate = `
  GET                                         200 200 200 403 403
  PUT    members/self                         200 200 200 403 403
  DELETE members/self                         409 204 204 403 403`;
const onlyPublic = `
  GET                                         200 200 200 200 403
  PUT    members/self                         200 200 200 200 403
  PUT    members/self        role=moderator   409 200 403 403 403
  DELETE members/self                         409 204 204 204 204`;

interface Row {
  kind: RoomKind;
  method: "get" | "put" | "patch" | "delete";
  path: string;
  body: object | undefined;
  /** In the order of `asking`. */
  statuses: string[];
}

function parseRows(kind: RoomKind, table: string): Row[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const words = line.trim().split(/ +/);
      const statuses = words.splice(-asking.length);
      const role = words.find((word) => word.startsWith("role="))?.slice("role=".length);
      const method = words[0]!.toLowerCase() as Row["method"];
      const path = words[1]?.includes("=") ? "" : (words[1] ?? "");
      const body = path.startsWith("mutes/") ? { seconds: 60 } : method === "patch" ? { name: "New" } : undefined;
      return { kind, method, path, body: role === undefined ? body : { role }, statuses };
    });
}

const rows = [...parseRows("private", both + onlyPrivate), ...parseRows("public", both + onlyPublic)];

describe("roles", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  beforeAll(async () => {
    history = await openHistory({ env: { ROOMS_AUTO_CREATE: "false" } });
  });
  afterAll(() => history.close());

  async function furnish(kind: RoomKind): Promise<string> {
    const call = history.callAs("owner");
    const roomId = randomUUID();
    const path = `/rooms/${roomId}`;
    await call("post", "/rooms", { id: roomId, name: "Room", kind });
    for (const role of ["moderator", "member"])
      for (const who of [role, `other-${role}`]) await call("put", `${path}/members/${who}`, { role });
    await call("put", `${path}/bans/banned`);
    return roomId;
  }

  test.each(rows)("$kind room: $method $path $body", async ({ kind, method, path, body, statuses }) => {
    const answered = await Promise.all(
      asking.map(async (who, n) => {
        if (statuses[n] === "-") return "-";
        const at = `/rooms/${await furnish(kind)}/${path.replace("self", who)}`.replace(/\/$/, "");
        const { status, body: answer } = await history.callAs(who)(method, at, body);
        if (status === 403) expect(answer.error.code).toBe("FORBIDDEN");
        return String(status);
      }),
    );
    expect(answered).toEqual(statuses);
  });

  test("who was banned or muted in a private room without having been in is not told of it (B-54)", async () => {
    const path = `/rooms/${await furnish("private")}`;
    const owner = history.callAs("owner");
    const leaveAs = async (who: string) => (await history.callAs(who)("delete", `${path}/members/${who}`)).status;
    await owner("put", `${path}/mutes/never-in`, { seconds: 60 });
    expect(await leaveAs("never-in")).toBe(403);
    await owner("delete", `${path}/mutes/never-in`);
    expect(await leaveAs("never-in")).toBe(403);
    await owner("put", `${path}/bans/never-in`);
    await owner("delete", `${path}/bans/never-in`);
    expect(await leaveAs("never-in")).toBe(403);
  });

  test("who was a member of a private room may leave it again, also when removed or banned", async () => {
    const path = `/rooms/${await furnish("private")}`;
    const owner = history.callAs("owner");
    await owner("put", `${path}/bans/member`);
    await owner("delete", `${path}/members/other-member`);
    for (const who of ["member", "other-member"])
      expect((await history.callAs(who)("delete", `${path}/members/${who}`)).status).toBe(204);
    const { accounts } = (await owner("get", `${path}/bans`)).body;
    expect(accounts.map(({ accountId }: { accountId: string }) => accountId)).toContain("member");
  });
});

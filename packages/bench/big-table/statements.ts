// Every statement with which chat-history reads, each made to run once by the call that needs it, its plan judged as
// PostgreSQL really ran it. It knows the calls; not the SQL.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Contender } from "./contender.ts";
import { createHttpClient, type Answer, type HttpClient } from "./http-client.ts";
import { judgePlan, unjudged, type PlanLimits, type PlanVerdict } from "./plan-check.ts";
import type { PlanLog } from "./plan-log.ts";
import { bigRoom, drawMessage, roomId, sweptRoom } from "./population.ts";
import type { Issuer } from "@parley/tokens/issuer";
import type { HistoryService } from "./service.ts";

export interface JudgedStatement extends PlanVerdict {
  name: string;
}

interface Call {
  name: string;
  act: () => Promise<unknown>;
  limits: PlanLimits;
}

const pageLimit = 50;
/** Places that chat-history looks at for a page back, however many of them were deleted. */
const lookedAtMax = 5_000;
const replayLimit = 1_000;
const batchEntries = 1_000;
const recordedMsMax = 30_000;
/** Of our tables; not of what the service asks to see whether PostgreSQL answers. */
const ours = /\bchat\.\w/;

/** @param contender one whose sessions have the plan log's settings */
export async function judgeStatements(
  { client, history }: Contender,
  tokens: Issuer,
  plans: PlanLog,
): Promise<JudgedStatement[]> {
  const judged: JudgedStatement[] = [];
  const reader = createHttpClient(history.url, await tokens.sign({ accountId: "reader", name: "Bench" }));
  const gateway = createHttpClient(history.url, history.serviceToken);
  const calls = [
    ...(await pageCalls(client, (path) => reader.get(path))),
    ...(await gatewayCalls(client, gateway)),
    ...(await changeCalls(client, history, tokens)),
    ...recordCalls(history),
    latelyCall(gateway),
  ];
  for (const { name, act, limits } of calls) {
    try {
      const found = await plans.during(act, ours);
      for (const plan of found) {
        const what = found.length === 1 ? name : `${name}: \`${headOf(plan.statement)}\``;
        judged.push({ name: what, ...judgePlan(plan, limits) });
      }
    } catch (error) {
      judged.push({ name, ...unjudged((error as Error).message) });
    }
  }
  reader.close();
  gateway.close();
  return judged;
}

async function pageCalls(client: Client, get: (path: string) => Promise<Answer>): Promise<Call[]> {
  const path = `/${roomId(bigRoom.number)}/messages?limit=${pageLimit}`;
  const middle = Math.floor((await readPosition(client, bigRoom.number)).seq / 2);
  const swept = await readPosition(client, sweptRoom.number);
  const { rows } = await client.query<{ seq: string }>(
    `SELECT max(seq) AS seq FROM chat.message WHERE room_id = $1 AND is_deleted`,
    [roomId(sweptRoom.number)],
  );
  const call = (name: string, asked: string, read?: number): Call => ({
    name,
    act: async () => expectOk(await get(asked)),
    limits: { sorted: pageLimit + 1, read },
  });
  return [
    call("newest page", path),
    call("page `before` the middle", `${path}&before=${middle}`),
    call("page `after` the middle", `${path}&after=${middle}`),
    call("page `changedAfter` the middle", `${path}&changedAfter=${middle}`),
    call(
      `page \`before\` the end of ${Math.round(swept.seq * (sweptRoom.lastShare - sweptRoom.firstShare))} deleted`,
      `/${roomId(sweptRoom.number)}/messages?limit=${pageLimit}&before=${Number(rows[0]?.seq) + 1}`,
      lookedAtMax,
    ),
  ];
}

async function gatewayCalls(client: Client, gateway: HttpClient): Promise<Call[]> {
  const { seq, changeSeq } = await readPosition(client, bigRoom.number);
  const { rows } = await client.query<{ id: string }>("SELECT id FROM chat.room LIMIT 1000");
  const room = `/internal/rooms/${roomId(bigRoom.number)}`;
  const get = (name: string, path: string, sorted: number): Call => ({
    name,
    act: async () => expectOk(await gateway.get(path)),
    limits: { sorted },
  });
  const someRooms = { rooms: rows.map(({ id }) => id) };
  return [
    get("changes, the last 100", `${room}/changes?after=${changeSeq - 100}`, 100),
    get("changes, the last 5,000", `${room}/changes?after=${changeSeq - 5_000}`, 5_000),
    get("changes, too many of them", `${room}/changes?after=0`, 10_001),
    get(
      `replay of ${replayLimit}`,
      `${room}/messages?after=${Math.floor(seq / 2)}&limit=${replayLimit}`,
      replayLimit + 1,
    ),
    {
      name: "positions of 1,000 rooms",
      act: async () => expectOk(await gateway.send("POST", "/internal/positions", someRooms)),
      limits: { sorted: 1_000 },
    },
  ];
}

/** Behind the batches: then hundreds of rooms have changed. */
function latelyCall(gateway: HttpClient): Call {
  const act = async () => expectOk(await gateway.send("POST", "/internal/positions", {}));
  return { name: "positions of what changed lately", act, limits: { sorted: 1_000 } };
}

async function changeCalls(client: Client, history: HistoryService, tokens: Issuer): Promise<Call[]> {
  const { rows } = await client.query<{ id: string; sender: string }>(
    "SELECT id, sender FROM chat.message WHERE room_id = $1 AND NOT is_deleted ORDER BY seq DESC LIMIT 1",
    [roomId(bigRoom.number)],
  );
  const { id, sender } = rows[0]!;
  const author = createHttpClient(history.url, await tokens.sign({ accountId: sender, name: "Bench" }));
  const path = `/${roomId(bigRoom.number)}/messages/${id}`;
  const content = `Edited at ${new Date().toISOString()}`;
  return [
    { name: "edit", act: async () => expectOk(await author.send("PATCH", path, { content })), limits: { sorted: 1 } },
  ];
}

/** A batch, and the same once more: then each of its entries is one that is stored already. */
function recordCalls(history: HistoryService): Call[] {
  const messages = Array.from({ length: batchEntries }, () => drawMessage());
  const act = async () => {
    await Promise.all(messages.map((message) => history.append(message)));
    for (const untilMs = performance.now() + recordedMsMax; (await history.waiting()) > 0; await sleep(10))
      if (performance.now() > untilMs) throw new Error("not stored");
  };
  return [
    { name: "recorder, all new", act, limits: { sorted: batchEntries } },
    { name: "recorder, all known", act, limits: { sorted: batchEntries } },
  ];
}

export async function readPosition(client: Client, room: number): Promise<{ seq: number; changeSeq: number }> {
  const { rows } = await client.query<{ seq: string; change: string }>(
    `SELECT last_seq AS seq, last_change_seq AS change FROM chat.room WHERE id = $1`,
    [roomId(room)],
  );
  return { seq: Number(rows[0]?.seq), changeSeq: Number(rows[0]?.change) };
}

function expectOk({ status, body }: Answer): void {
  if (status !== 200) throw new Error(`answered ${status} ${/"code":"(\w+)"/.exec(body.toString())?.[1] ?? ""}`);
}

function headOf(statement: string): string {
  const words = statement.replaceAll(/\s+/g, " ").trim();
  return words.length > 50 ? `${words.slice(0, 49)}…` : words;
}

// A token that runs out on an open connection: told before, renewed in place, or the end (B-70).
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ChatRejected } from "@parley/contracts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { logIn, signUp, type Member } from "../src/accounts.ts";
import { startCluster, unhurried, type Cluster } from "../src/cluster.ts";
import { openListener, type RoomListener } from "../src/room-listener.ts";

const [lifeMs, noticeMs, graceMs, leewayMs] = [10_000, 5_000, 8_000, 5_000];
/** What may pass between a frame and its answer. */
const answerMs = 1_000;
const sendEveryMs = 200;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), {
    gateways: 1,
    histories: 1,
    authEnv: { ACCESS_TOKEN_SECONDS: String(lifeMs / 1_000) },
    gatewayEnv: { ...unhurried, TOKEN_NOTICE_MS: String(noticeMs), TOKEN_GRACE_MS: String(graceMs) },
  });
});
afterAll(() => cluster.close());

interface Visit {
  member: Member;
  listener: RoomListener;
  roomId: string;
  subscription: string;
  /** When the token ends, by this process's monotonic clock. */
  endsMs: number;
}

async function visit(): Promise<Visit> {
  const member = await signUp(cluster.auth.url, "Ada");
  const { exp } = JSON.parse(Buffer.from(member.token.split(".")[1]!, "base64url").toString());
  const endsMs = performance.now() + exp * 1_000 - Date.now();
  const listener = await openListener(cluster.gateways[0]!.url, member);
  const roomId = randomUUID();
  const subscription = listener.subscribe(roomId);
  await listener.stands(subscription);
  return { member, listener, roomId, subscription, endsMs };
}

const toldOf = ({ client }: RoomListener) =>
  client.frames.all
    .filter(({ headers }) => headers["subscription"] === "errors")
    .map(({ body, atMs }) => ({ ...ChatRejected.parse(JSON.parse(body)), atMs }));

/** Resolves with what is told first that is so. */
async function told(listener: RoomListener, isIt: (rejected: ReturnType<typeof toldOf>[number]) => boolean) {
  await listener.client.frames.until(() => toldOf(listener).some(isIt));
  return toldOf(listener).find(isIt)!;
}

/** Says something until it is refused, or told to stop. */
async function saySomethingOn({ listener: { client }, roomId }: Visit, isOver: () => boolean): Promise<void> {
  for (let n = 1; !isOver(); n++, await sleep(sendEveryMs))
    client.send("SEND", { destination: "/app/chat", receipt: `m${n}` }, JSON.stringify({ roomId, content: `${n}` }));
}

const isNotice = ({ expiresInMs }: { expiresInMs?: number | undefined }) => expiresInMs !== undefined;

async function expectNotice({ listener, endsMs }: Visit): Promise<void> {
  const { code, expiresInMs, atMs } = await told(listener, isNotice);
  expect(code).toBe("TOKEN_EXPIRED");
  expect(expiresInMs).toBeLessThanOrEqual(noticeMs);
  expect(atMs).toBeLessThan(endsMs);
}

const renew = ({ listener }: Visit, token: string, receipt: string) =>
  listener.client.send("SEND", { destination: "/app/auth", receipt }, JSON.stringify({ token }));

const isAnswered = ({ listener }: Visit, receipt: string) =>
  listener.client.frames.until((all) => all.some(({ headers }) => headers["receipt-id"] === receipt));

test.concurrent("without a new one: told before, no SEND later than 5 s after its end, closed after the grace", async () => {
  const visitor = await visit();
  const { listener, endsMs } = visitor;
  let isOver = false;
  const talking = saySomethingOn(visitor, () => isOver);
  await expectNotice(visitor);
  const { code, atMs } = await told(listener, ({ receiptId }) => receiptId !== undefined);
  isOver = true;
  expect(code).toBe("TOKEN_EXPIRED");
  expect(atMs).toBeGreaterThan(endsMs);
  await talking;
  const receipts = listener.client.frames.all.filter(({ command }) => command === "RECEIPT");
  expect(receipts.at(-1)!.atMs).toBeLessThan(endsMs + leewayMs + answerMs);
  const error = await listener.client.next("ERROR");
  expect(error.headers["code"]).toBe("TOKEN_EXPIRED");
  expect(error.atMs).toBeGreaterThan(endsMs);
  expect(error.atMs).toBeLessThan(endsMs + 30_000);
  expect(await listener.client.closed).toBe(1008);
});

test.concurrent("with a new one of the same account the connection goes on, and misses nothing", async () => {
  const visitor = await visit();
  const { listener, member, subscription, endsMs } = visitor;
  let isOver = false;
  const talking = saySomethingOn(visitor, () => isOver);
  await expectNotice(visitor);
  renew(visitor, (await logIn(cluster.auth.url, member)).token, "renewed");
  await isAnswered(visitor, "renewed");
  // Longer than anything would be taken with the first one.
  await listener.client.frames.until((all) => {
    const { command, atMs } = all.at(-1)!;
    return command === "RECEIPT" && atMs > endsMs + leewayMs + answerMs;
  });
  isOver = true;
  await talking;
  await listener.client.frames.until((all) => all.at(-1)!.command === "RECEIPT");
  const seqs = listener
    .given(subscription)
    .flatMap(({ body }) => (JSON.parse(body) as { seq: number | null }).seq ?? []);
  expect(seqs).toEqual(seqs.map((_, n) => n + 1));
  expect(seqs.length).toBeGreaterThan((lifeMs / sendEveryMs) * 0.5);
  expect(toldOf(listener).map((rejected) => isNotice(rejected))).toEqual([true, true]);
  listener.client.close();
});

test.concurrent("another account's token is FORBIDDEN, and changes nothing", async () => {
  const [visitor, other] = await Promise.all([visit(), signUp(cluster.auth.url, "Bob")]);
  renew(visitor, other.token, "other");
  const { code, message } = await told(visitor.listener, ({ receiptId }) => receiptId === "other");
  expect([code, message]).toEqual(["FORBIDDEN", "This is not allowed."]);
  await expectNotice(visitor);
  visitor.listener.say(visitor.roomId, "still Ada");
  await visitor.listener.client.frames.until(() => visitor.listener.given(visitor.subscription).length > 0);
  const [first] = visitor.listener.given(visitor.subscription);
  expect(JSON.parse(first!.body)).toMatchObject({ sender: visitor.member.accountId });
  visitor.listener.client.close();
});

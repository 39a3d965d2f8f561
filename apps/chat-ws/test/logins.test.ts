// Sessions by login, and tokens that run out, by a clock that the test moves; sessions are of the engine, on no wire.
import { Refusal, type Identity } from "@parley/contracts";
import { Session, stompLimits } from "@parley/stomp";
import { expect, test } from "vitest";
import type { Principal } from "../src/broker.ts";
import { createLogins } from "../src/logins.ts";

const second = 1_000;
const wallSeconds = () => Math.floor(Date.now() / 1_000);

function open() {
  const clock = { nowMs: 0 };
  const limits = { tokenNoticeMs: 60 * second, tokenGraceMs: 30 * second };
  const logins = createLogins(limits, () => clock.nowMs);
  return {
    logins,
    pass: (seconds: number) => {
      clock.nowMs += seconds * second;
      logins.tick();
    },
  };
}

function identity(lifetimeSeconds: number, sid = "login-1"): Identity {
  return { accountId: "ada", name: "Ada", sid, expiresAt: wallSeconds() + lifetimeSeconds };
}

/** A connected session that is subscribed to its errors, and all that it was sent. */
async function connect() {
  const sent: string[] = [];
  const session: Session<Principal> = new Session<Principal>({
    broker: {
      connect: () => ({ accountId: "ada" }) as Principal,
      destination: () => ({ subscribe() {} }),
    },
    transport: { send: (data) => void sent.push(data.toString()), close() {}, pause() {}, resume() {} },
    limits: stompLimits,
    heartBeat: { sendMs: 0, receiveMs: 0 },
    server: "test",
    sessionId: "s",
    now: () => 0,
  });
  session.receive(Buffer.from("CONNECT\naccept-version:1.2\nhost:x\n\n\0"));
  session.receive(Buffer.from("SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0"));
  const told = () => sent.filter((frame) => frame.startsWith("MESSAGE")).map((frame) => parseBody(frame));
  return { session, told, isEnded: () => sent.some((frame) => frame.startsWith("ERROR")) };
}

function parseBody(frame: string): Record<string, unknown> {
  return JSON.parse(frame.slice(frame.indexOf("\n\n") + 2, frame.lastIndexOf("\0")));
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return Refusal.from(error).code;
  }
}

test("a session is told once, 60 s before its token ends; 5 s after that it may do nothing; 30 s after, it ends (B-70)", async () => {
  const { logins, pass } = open();
  const { session, told, isEnded } = await connect();
  logins.enter(session, identity(900));
  pass(838);
  expect(told()).toEqual([]);
  pass(3);
  pass(1);
  expect(told()).toEqual([expect.objectContaining({ code: "TOKEN_EXPIRED", expiresInMs: expect.any(Number) })]);
  pass(60);
  expect(codeOf(() => logins.identityOf(session))).toBe("");
  pass(5);
  expect(codeOf(() => logins.identityOf(session))).toBe("TOKEN_EXPIRED");
  expect(isEnded()).toBe(false);
  pass(30);
  expect(isEnded()).toBe(true);
});

test("a fresh token goes on where the old one would have ended, and is told of in its turn", async () => {
  const { logins, pass } = open();
  const { session, told, isEnded } = await connect();
  logins.enter(session, identity(900));
  pass(850);
  logins.enter(session, identity(900));
  pass(200);
  expect(isEnded()).toBe(false);
  expect(codeOf(() => logins.identityOf(session))).toBe("");
  expect(told()).toHaveLength(1);
  pass(650);
  expect(told()).toHaveLength(2);
});

test("a login that ends takes all its sessions with it, and no others (B-69)", async () => {
  const { logins } = open();
  const [one, two, other] = [await connect(), await connect(), await connect()];
  logins.enter(one.session, identity(900));
  logins.enter(two.session, identity(900));
  logins.enter(other.session, identity(900, "login-2"));
  logins.end("login-1");
  expect([one, two, other].map(({ isEnded }) => isEnded())).toEqual([true, true, false]);
});

test("a session that renewed its token with another login ends with that one, not with the first", async () => {
  const { logins } = open();
  const { session, isEnded } = await connect();
  logins.enter(session, identity(900, "login-1"));
  logins.enter(session, identity(900, "login-2"));
  logins.end("login-1");
  expect(isEnded()).toBe(false);
  logins.end("login-2");
  expect(isEnded()).toBe(true);
});

test("a session that has gone is nobody's", async () => {
  const { logins } = open();
  const { session } = await connect();
  logins.enter(session, identity(900));
  logins.leave(session);
  expect(codeOf(() => logins.identityOf(session))).toBe("UNAUTHENTICATED");
});

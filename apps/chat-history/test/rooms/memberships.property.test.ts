import { randomUUID } from "node:crypto";
import { AccessAnswer, AccessChangesAnswer, endingChanges, type RoomRole } from "@parley/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHistory } from "../fixture.ts";

const people = ["ada", "ben", "cem", "dot"] as const;
type Person = (typeof people)[number];

type Act = "join" | "moderate" | "own" | "leave" | "ban" | "unban" | "mute" | "unmute";

interface Step {
  who: Person;
  act: Act;
  to: Person;
}

interface Seat {
  status: "member" | "left" | "removed" | "banned";
  role: RoomRole;
  isMuted: boolean;
}

/** A room as the rules have it, without versions, locks and rows. */
class Model {
  readonly seats = new Map<Person, Seat>([["ada", { status: "member", role: "owner", isMuted: false }]]);
  readonly kind: "public" | "private";
  readonly isOpen: boolean;

  constructor(kind: "public" | "private", isOpen: boolean) {
    this.kind = kind;
    this.isOpen = isOpen;
  }

  seat(person: Person): Seat {
    return this.seats.get(person) ?? { status: "left", role: "member", isMuted: false };
  }

  rank(person: Person): number {
    const { status, role } = this.seat(person);
    return status === "member" ? { owner: 3, moderator: 2, member: 1 }[role] : 0;
  }

  mayRead(person: Person): boolean {
    const { status } = this.seat(person);
    return status === "member" || (this.isOpen && this.kind === "public" && status === "left");
  }

  mayWrite(person: Person): boolean {
    return this.mayRead(person) && !this.seat(person).isMuted;
  }

  put(person: Person, change: Partial<Seat>) {
    this.seats.set(person, { ...this.seat(person), ...change });
  }

  apply({ who, act, to }: Step) {
    if (act === "join" || act === "moderate" || act === "own") this.join(who, to, act);
    else if (act === "leave") this.leave(who, to);
    else if (this.rank(who) >= 2 && this.rank(who) > this.rank(to)) this.moderate(act, to);
  }

  private join(who: Person, to: Person, act: Act) {
    const before = new Map(this.seats);
    if (!this.mayEnter(who, to)) return;
    if (this.rank(to) === 0) {
      const hasOwner = people.some((person) => this.rank(person) === 3);
      this.put(to, { status: "member", role: who === to && !hasOwner ? "owner" : "member" });
    }
    const role = act === "own" ? "owner" : act === "moderate" ? "moderator" : undefined;
    if (role === undefined || this.seat(to).role === role) return;
    if (this.rank(who) === 3 && who !== to) {
      if (role === "owner") this.put(who, { role: "moderator" });
      this.put(to, { role });
    } else {
      // Refused as a whole.
      this.seats.clear();
      for (const [person, seat] of before) this.seats.set(person, seat);
    }
  }

  private mayEnter(who: Person, to: Person): boolean {
    if (who !== to) return this.rank(who) >= 2 && this.seat(to).status !== "banned";
    return this.rank(to) > 0 || (this.kind === "public" && this.seat(to).status !== "banned");
  }

  private leave(who: Person, to: Person) {
    const others = people.filter((person) => person !== to && this.rank(person) > 0);
    if (who === to && this.rank(to) > 0 && !(this.rank(to) === 3 && others.length > 0))
      this.put(to, { status: "left", role: "member" });
    if (who === to || this.rank(who) < 2 || this.rank(who) <= this.rank(to)) return;
    const isGuest = this.isOpen && this.kind === "public" && this.seat(to).status === "left";
    if (this.rank(to) > 0 || isGuest) this.put(to, { status: "removed", role: "member" });
  }

  private moderate(act: Act, to: Person) {
    const isBanned = this.seat(to).status === "banned";
    if (act === "ban" && !isBanned) this.put(to, { status: "banned", role: "member" });
    if (act === "unban" && isBanned) this.put(to, { status: "left" });
    if (act === "mute") this.put(to, { isMuted: true });
    if (act === "unmute") this.put(to, { isMuted: false });
  }
}

const calls: Record<Act, { method: "put" | "delete"; list: string; body?: object }> = {
  join: { method: "put", list: "members" },
  moderate: { method: "put", list: "members", body: { role: "moderator" } },
  own: { method: "put", list: "members", body: { role: "owner" } },
  leave: { method: "delete", list: "members" },
  ban: { method: "put", list: "bans" },
  unban: { method: "delete", list: "bans" },
  mute: { method: "put", list: "mutes", body: { seconds: 600 } },
  unmute: { method: "delete", list: "mutes" },
};

const step = fc.record({
  who: fc.constantFrom(...people),
  act: fc.constantFrom(...(Object.keys(calls) as Act[])),
  to: fc.constantFrom(...people),
});
const run = fc.record({
  kind: fc.constantFrom("public" as const, "private" as const),
  steps: fc.array(step, { minLength: 5, maxLength: 30 }),
});

describe.each([true, false])("memberships, ROOMS_AUTO_CREATE=%s", (isOpen) => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  beforeAll(async () => {
    history = await openHistory({ env: { ROOMS_AUTO_CREATE: String(isOpen) } });
  });
  afterAll(() => history.close());

  async function makeRoom(kind: "public" | "private"): Promise<string> {
    const { body } = await history.callAs("ada")("post", "/rooms", { id: randomUUID(), name: "Room", kind });
    return body.room.id;
  }
  async function perform(roomId: string, { who, act, to }: Step) {
    const { method, list, body } = calls[act];
    return history.callAs(who)(method, `/rooms/${roomId}/${list}/${to}`, body);
  }
  async function accessOf(roomId: string, person: Person) {
    const { body } = await history.callInternally("get", `/internal/rooms/${roomId}/access/${person}`);
    return AccessAnswer.parse(body);
  }
  async function changesSince(roomId: string, after: number) {
    const { body } = await history.callInternally("post", "/internal/access/changes", { rooms: [{ roomId, after }] });
    return AccessChangesAnswer.parse(body);
  }

  test("are what the rules say after every step; versions rise by what has changed", async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ kind, steps }) => {
        const roomId = await makeRoom(kind);
        const model = new Model(kind, isOpen);
        let { version } = await accessOf(roomId, "ada");
        for (const one of steps) {
          const { status } = await perform(roomId, one);
          model.apply(one);
          const answers = await Promise.all(people.map((person) => accessOf(roomId, person)));
          const rights = answers.map(({ read, write }) => [read, write]);
          expect(rights).toEqual(people.map((person) => [model.mayRead(person), model.mayWrite(person)]));
          const roles = answers.map(({ role }) => role);
          expect(roles).toEqual(people.map((person) => (model.rank(person) > 0 ? model.seat(person).role : null)));
          const next = answers[0]!.version;
          expect(next).toBeGreaterThanOrEqual(version);
          if (status >= 400) expect(next).toBe(version);
          version = next;
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test("that changed since any version are told: who asks again about those alone knows all", async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.nat(40), async ({ kind, steps }, heardUpTo) => {
        const roomId = await makeRoom(kind);
        const known = new Map<Person, AccessAnswer>();
        let since = 0;
        const learn = async () => {
          for (const person of people) known.set(person, await accessOf(roomId, person));
          since = known.get("ada")!.version;
        };
        await learn();
        for (const [n, one] of steps.entries()) {
          await perform(roomId, one);
          if (n === heardUpTo) await learn();
        }
        const { changes, rooms } = await changesSince(roomId, since);
        const versions = changes.map(({ version }) => version);
        expect(versions.every((version) => version > since)).toBe(true);
        expect(rooms).toEqual([{ roomId, version: Math.max(since, ...versions) }]);
        for (const { accountId, change } of changes) {
          const answer = await accessOf(roomId, accountId as Person);
          // A gateway ends what it has open for these without asking.
          if (endingChanges.has(change) && !isOpen) expect(answer.read).toBe(false);
          known.set(accountId as Person, answer);
        }
        for (const person of people) {
          const { version: _, mutedMs: __, ...now } = await accessOf(roomId, person);
          expect(known.get(person)).toMatchObject(now);
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

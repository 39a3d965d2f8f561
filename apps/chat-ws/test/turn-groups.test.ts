import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurn } from "../src/turn.ts";

const turnEnds = () => new Promise((resolve) => setImmediate(resolve));

/** Outlets that remember each write, and may be congested. */
function openOutlets(count: number) {
  const turn = createTurn((frame) => [frame]);
  const writes: Buffer[][] = Array.from({ length: count }, () => []);
  const congested = new Set<number>();
  const outlets = writes.map((own, n) =>
    turn.open({ write: (octets) => void own.push(octets), isCongested: () => congested.has(n) }),
  );
  return { turn, outlets, writes, congested, text: (n: number) => Buffer.concat(writes[n]!).toString() };
}

test("a group's frames leave each of its members in one write of the same octets", async () => {
  const { turn, outlets, writes } = openOutlets(3);
  const group = turn.openGroup<string>();
  for (const outlet of outlets) group.join(outlet, "member");
  for (const text of ["a", "b"]) group.add(Buffer.from(text), {});
  await turnEnds();
  expect(writes.map((own) => own.map(String))).toEqual([["ab"], ["ab"], ["ab"]]);
  expect(writes[0]![0]).toBe(writes[2]![0]);
});

test("what a member is sent alone stands where it was added", async () => {
  const { turn, outlets, text } = openOutlets(2);
  const group = turn.openGroup<string>();
  for (const outlet of outlets) group.join(outlet, "member");
  group.add(Buffer.from("a"), {});
  outlets[0]!.add(Buffer.from("(alone)"));
  group.add(Buffer.from("b"), {});
  await turnEnds();
  expect([text(0), text(1)]).toEqual(["a(alone)b", "ab"]);
});

test("patient frames wait for company, but not for long", async () => {
  const { turn, outlets, text } = openOutlets(1);
  const group = turn.openGroup<string>();
  group.join(outlets[0]!, "member");
  group.add(Buffer.from("patient "), { isPatient: true });
  await turnEnds();
  expect(text(0)).toBe("");
  group.add(Buffer.from("company"), {});
  await turnEnds();
  expect(text(0)).toBe("patient company");
  group.add(Buffer.from(" alone"), { isPatient: true });
  await expect.poll(() => text(0)).toBe("patient company alone");
});

test("members that are congested may be left out, and are named; of what may not be left out they get all", async () => {
  const { turn, outlets, congested, text } = openOutlets(2);
  const group = turn.openGroup<string>();
  outlets.forEach((outlet, n) => group.join(outlet, `member ${n}`));
  congested.add(1);
  expect(group.add(Buffer.from("preview"), { mayLeaveOut: true })).toEqual(["member 1"]);
  expect(group.add(Buffer.from(" whole"), {})).toEqual([]);
  await turnEnds();
  expect([text(0), text(1)]).toEqual(["preview whole", " whole"]);
});

test("each member is written what it was sent while it was a member, in order, whatever happens in between", async () => {
  const who = fc.nat(2);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("toGroup" as const),
      group: fc.nat(1),
      isPatient: fc.boolean(),
      isLarge: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("toOne" as const), who, isPatient: fc.boolean() }),
    fc.record({ kind: fc.constantFrom("join" as const, "leave" as const), who, group: fc.nat(1) }),
    fc.record({ kind: fc.constant("flush" as const), who }),
    fc.record({ kind: fc.constantFrom("turnEnds" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const { turn, outlets, text } = openOutlets(3);
      const groups = [0, 1].map(() => ({ group: turn.openGroup<number>(), members: new Set<number>() }));
      const expected = ["", "", ""];
      let count = 0;
      for (const done of steps) {
        const frame = Buffer.from(`<${++count}>`);
        if (done.kind === "toGroup") {
          const large = done.isLarge ? Buffer.concat([frame, Buffer.alloc(70_000, "x")]) : frame;
          const { group, members } = groups[done.group]!;
          group.add(large, { isPatient: done.isPatient });
          for (const member of members) expected[member] += large.toString();
        } else if (done.kind === "toOne") {
          outlets[done.who]!.add(frame, done.isPatient);
          expected[done.who] += frame.toString();
        } else if (done.kind === "join") {
          groups[done.group]!.group.join(outlets[done.who]!, done.who);
          groups[done.group]!.members.add(done.who);
        } else if (done.kind === "leave") {
          groups[done.group]!.group.leave(outlets[done.who]!);
          groups[done.group]!.members.delete(done.who);
        } else if (done.kind === "flush") {
          outlets[done.who]!.flush();
          expect(text(done.who)).toBe(expected[done.who]);
        } else await turnEnds();
      }
      for (const [n, outlet] of outlets.entries()) {
        outlet.flush();
        expect(text(n)).toBe(expected[n]);
      }
    }),
    { numRuns: 300 },
  );
});

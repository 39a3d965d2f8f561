// The list against a model of room and history, in every order that contracts.md allows.
import fc from "fast-check";
import { expect, it } from "vitest";
import { createTimeline, listMessages, previewMsMax, reduce, type RoomEvent, type Timeline } from "../src/timeline.ts";
import { createRoomModel, me } from "./room-model.ts";

/** Small pages, so that a short script reads several. */
const newestLimit = 4;
const pageLimit = 2;
/** Further behind, the client starts over. */
const behindMax = 8;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "send" } as const) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("transmit" as const), isShown: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("somebody" as const), isShown: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("commit" as const), isFirst: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("reject" as const), isForGood: fc.boolean(), isFirst: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("repeat" as const), nth: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("edit" as const), nth: fc.nat(20), isDeletion: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("deliver" as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("disconnect" as const), isLost: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ do: "subscribe" } as const) },
  { weight: 6, arbitrary: fc.constant({ do: "read" } as const) },
  { weight: 6, arbitrary: fc.constant({ do: "merge" } as const) },
  { weight: 2, arbitrary: fc.constant({ do: "readOlder" } as const) },
  { weight: 1, arbitrary: fc.constant({ do: "tick" } as const) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Play {
  /** Messages that are there before the client comes. */
  initial: number;
  script: Step[];
  /** Whether the last connection of the script goes on, or another one ends the play. */
  isReconnected: boolean;
}

/** The client beside the model: what it resends, and the one read that is under way. */
function play({ initial, script, isReconnected }: Play) {
  const model = createRoomModel((tempId) => {
    for (const message of outbox) if (message.tempId === tempId) message.isSent = false;
  });
  let timeline: Timeline = createTimeline(me);
  /** In order; `isSent` on the present connection. */
  let outbox: { tempId: string; content: string; isSent: boolean }[] = [];
  const failed = new Set<string>();
  let reading: RoomEvent | undefined;
  /** Where the changes go on that are being read. */
  let cursor: number | null = null;
  let made = 0;
  let clock = 0;

  function dispatch(event: RoomEvent) {
    const before = timeline;
    timeline = reduce(timeline, event);
    if (event.type === "receipted") outbox = outbox.filter(({ tempId }) => tempId !== event.tempId);
    if (event.type === "refused") {
      failed.add(event.tempId);
      outbox = outbox.filter(({ tempId }) => tempId !== event.tempId);
    }
    for (const { message } of before.provisional) {
      if (timeline.provisional.some((item) => item.message.key === message.key)) continue;
      outbox = outbox.filter(({ tempId }) => tempId !== message.tempId);
      failed.delete(message.tempId);
    }
    check();
  }

  function check() {
    const messages = listMessages(timeline);
    const keys = messages.map(({ key }) => key);
    expect(new Set(keys).size, "no double bubble").toBe(keys.length);
    const seqs = timeline.stored.map(({ seq }) => seq);
    expect(seqs, "in order").toEqual([...new Set(seqs)].toSorted((one, two) => one - two));
    const last = seqs.at(-1) ?? 0;
    const missing = model.committed.filter(
      ({ seq, deleted }) => !deleted && seq >= (timeline.floor ?? 0) && seq < last && !seqs.includes(seq),
    );
    expect(missing, "no hole").toEqual([]);
    for (const { tempId } of outbox) expect(keys, "no lost bubble").toContain(`${me}/${tempId}`);
  }

  /** A page is of the moment in which it is asked for, and arrives later. */
  function startRead() {
    if (reading || !model.isSubscribed() || !(timeline.held || timeline.hasGap)) return;
    dispatch({ type: "reading" });
    const changes = model.changedAfter(timeline.position, pageLimit);
    const isTooFar = changes.position.changeSeq - timeline.position > behindMax;
    reading =
      timeline.floor === undefined || isTooFar
        ? { type: "newest", page: model.newest(newestLimit) }
        : { type: "changes", changes: changes.messages, until: changes.position.changeSeq };
    cursor = reading.type === "changes" ? changes.nextCursor : null;
  }

  /** The next page, if the read has another one; else what was read takes effect. */
  function merge() {
    if (reading?.type === "changes" && cursor !== null) {
      const { messages, nextCursor, position } = model.changedAfter(cursor, pageLimit);
      reading = { ...reading, changes: [...reading.changes, ...messages], until: position.changeSeq };
      cursor = nextCursor;
      return;
    }
    const event = reading;
    reading = undefined;
    if (event) dispatch(event);
  }

  function transmit(isShown: boolean) {
    const next = outbox.find(({ isSent }) => !isSent);
    if (!next || !model.isSubscribed()) return;
    next.isSent = true;
    model.accept({ tempId: next.tempId, sender: me, content: next.content }, isShown);
  }

  function deliver(): boolean {
    const event = model.next();
    if (event) dispatch("at" in event ? { ...event, at: clock } : event);
    return event !== undefined;
  }

  function run(next: Step) {
    switch (next.do) {
      case "send": {
        const tempId = `mine-${++made}`;
        const content = `by me ${made}`;
        outbox.push({ tempId, content, isSent: false });
        return dispatch({ type: "sending", tempId, content, senderName: me, at: clock });
      }
      case "transmit":
        return transmit(next.isShown);
      case "somebody":
        return model.somebodySends(next.isShown);
      case "commit":
        return model.commit(next.isFirst);
      case "reject":
        model.reject(next.isForGood, next.isFirst);
        return;
      case "repeat":
        return model.repeat(next.nth);
      case "edit":
        return model.edit(next.nth, next.isDeletion);
      case "deliver":
        for (let n = 0; n < next.count; n++) deliver();
        return;
      case "disconnect":
        model.disconnect(next.isLost);
        reading = undefined;
        for (const message of outbox) message.isSent = false;
        return dispatch({ type: "disconnected" });
      case "subscribe":
        if (!model.isSubscribed()) model.subscribe();
        return;
      case "read":
        return startRead();
      case "merge":
        return merge();
      case "readOlder":
        // One read at a time.
        if (reading || timeline.floor === undefined || !timeline.hasOlder) return;
        reading = { type: "older", page: model.before(timeline.floor, pageLimit), before: timeline.floor };
        return;
      case "tick":
        // A connection that delivers nothing for so long is dead.
        while (deliver());
        clock += previewMsMax + 1;
        model.forgetGiven();
        return dispatch({ type: "tick", at: clock });
    }
  }

  /** A connection that stays, everything answered, everything read. */
  function settle() {
    if (isReconnected || !model.isSubscribed()) {
      run({ do: "disconnect", isLost: false });
      model.subscribe();
    }
    for (let rounds = 0; rounds < 500; rounds++) {
      transmit(true);
      model.commit(false);
      deliver();
      startRead();
      merge();
      const isBusy =
        model.hasWaiting() || reading || timeline.held || timeline.hasGap || outbox.some(({ isSent }) => !isSent);
      if (!isBusy) break;
    }
    const others = timeline.provisional.filter(({ isSending }) => !isSending);
    if (isReconnected) expect(others, "no preview outlives a resync").toEqual([]);
    run({ do: "tick" });
    for (let rounds = 0; timeline.hasGap || timeline.held; rounds++) {
      expect(rounds, "reading ends").toBeLessThan(100);
      startRead();
      merge();
    }
  }

  for (let n = 0; n < initial; n++) {
    model.somebodySends(false);
    model.commit(false);
  }
  model.subscribe();
  startRead();
  merge();
  for (const next of script) run(next);
  settle();
  return { timeline, model, failed, outbox };
}

const plays = fc.record({
  initial: fc.nat(10),
  script: fc.array(step, { maxLength: 120, size: "max" }),
  isReconnected: fc.boolean(),
});

it("ends equal to history, with no double and no lost bubble, in any allowed order", () => {
  fc.assert(
    fc.property(plays, (input) => {
      const { timeline, model, failed, outbox } = play(input);
      const shown = listMessages(timeline).filter(({ state }) => state === "stored");
      const floor = timeline.floor ?? 0;
      const expected = model.committed.filter(({ deleted, seq }) => !deleted && seq >= floor);
      expect(shown.map(({ id, seq, content }) => ({ id, seq, content }))).toEqual(
        expected.map(({ id, seq, content }) => ({ id, seq, content })),
      );
      const left = listMessages(timeline).filter(({ state }) => state !== "stored");
      expect(left.map(({ tempId, state }) => [tempId, state])).toEqual([...failed].map((tempId) => [tempId, "failed"]));
      expect(outbox).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
}, 60_000);

// The promises about loss: whoever may have missed something is told, once it hears everything again.
import { expect, test } from "vitest";
import type { Bus } from "../bus.ts";
import { createEar, listenTo, uniqueName, type Ear } from "./broker.ts";

function nextGap(bus: Bus): Promise<(topic: string) => boolean> {
  return new Promise((resolve) => bus.onGap(resolve));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** So many that restoring them takes a while. */
async function listenToMany(bus: Bus): Promise<{ ear: Ear; topics: string[] }> {
  const topics = Array.from({ length: 3_000 }, () => uniqueName("topic"));
  const ear = createEar();
  await Promise.all(topics.map((topic) => bus.subscribe(topic, ear.listen)));
  return { ear, topics };
}

/**
 * @param open opens one more bus on the broker of this test
 * @param cut cuts the connections over which these buses hear topics
 */
export function testGaps(open: () => Promise<Bus>, cut: () => Promise<void>): void {
  test("tells of a gap when all subscriptions stand again, and hears all that is published from then on", async () => {
    const bus = await open();
    const { ear, topics } = await listenToMany(bus);
    for (const round of ["first", "second"]) {
      const gap = nextGap(bus);
      await cut();
      const concerns = await gap;
      expect(topics.every(concerns)).toBe(true);
      expect(bus.fault()).toBeUndefined();
      await Promise.all(topics.map((topic) => bus.publish(topic, "key", `${round} ${topic}`)));
      const heard = await ear.until(`${round} ${topics.at(-1)}`);
      const ofRound = heard.filter((payload) => payload.startsWith(round));
      expect(ofRound).toEqual(topics.map((topic) => `${round} ${topic}`));
    }
  });

  test("delivers nothing between the loss of a connection and the word of it", async () => {
    const [ours, theirs] = [await open(), await open()];
    const { ear, topics } = await listenToMany(ours);
    const atTheGap: { heard?: string[] } = {};
    ours.onGap(() => (atTheGap.heard = [...ear.heard]));
    for (let round = 0; round < 5; round++) {
      delete atTheGap.heard;
      const payload = `round ${round}`;
      await cut();
      while (atTheGap.heard === undefined) {
        await Promise.all(topics.slice(0, 100).map((topic) => theirs.publish(topic, "key", payload)));
      }
      expect(atTheGap.heard).not.toContain(payload);
    }
    await theirs.publish(topics[0]!, "key", "after");
    await ear.until("after");
  });

  test("hears all that is published after subscribe has resolved, also while others are being restored", async () => {
    const [ours, theirs] = [await open(), await open()];
    const { topics } = await listenToMany(ours);
    const ear = createEar();
    await cut();
    while (ours.fault() === undefined) await nextTurn();
    const subscribed = () => ours.subscribe(topics[0]!, ear.listen).catch(() => undefined);
    while ((await subscribed()) === undefined) await nextTurn();
    await theirs.publish(topics[0]!, "key", "at once");
    expect(await ear.until("at once")).toEqual(["at once"]);
  });

  test("does not speak of a gap when no connection was lost", async () => {
    const bus = await open();
    let gaps = 0;
    bus.onGap(() => gaps++);
    const topic = uniqueName("topic");
    const unsubscribe = await bus.subscribe(topic, () => undefined);
    await unsubscribe();
    const ear = await listenTo(bus, topic);
    await bus.publish(topic, "key", "heard");
    await ear.until("heard");
    expect(gaps).toBe(0);
  });
}

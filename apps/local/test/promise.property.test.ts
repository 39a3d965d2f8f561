// The promise against its model: whatever is sent, sent again, changed, lost on the way or restarted, G-1 to G-8 hold.
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { interleaving, play } from "./promise/interleaving.ts";
import { openServers, type Servers } from "./promise/servers.ts";

const interleavings = 1_000;
/** Rooms that are played at the same time. */
const atOnce = 25;

let servers: Servers;
beforeAll(async () => {
  servers = await openServers(inject("databaseUrl"));
});
afterAll(() => servers.close());

test(`${interleavings} interleavings of sends, retries, edits, losses and restarts have no counterexample`, async () => {
  let played = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(interleaving, { minLength: atOnce, maxLength: atOnce }), async (rooms) => {
      const restarts = new Map<number, Promise<void>>();
      const restarting = (at: number) => {
        const restart = restarts.get(at) ?? servers.restart(at);
        restarts.set(at, restart);
        return restart;
      };
      await Promise.all(rooms.map((steps) => play(servers, steps, restarting)));
      played += rooms.length;
    }),
    { numRuns: interleavings / atOnce },
  );
  expect(played).toBeGreaterThanOrEqual(interleavings);
}, 300_000);

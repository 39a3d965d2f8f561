// Lets changes of messages happen at a pace that leaves room for storing: they hold the same row locks as the recorder,
// which does not queue for them, and connections that readers need. It does not know what a change is.
import { Refusal } from "@parley/contracts";
import { createTurns } from "@parley/service";

/** Changes of different rooms at once, and how many wait for that. */
const turns = { atOnceMax: 4, waitingMax: 1_000 };
/** Changes that wait for others of their room. */
const waitingPerRoomMax = 50;
/** How long a room's lock is left alone between two changes, in milliseconds: ten times of what one takes. */
const pauseMs = 50;

export interface ChangeQueue {
  /** One after the other in each room. @throws Refusal OVERLOADED at once; else what the work throws */
  run<T>(roomId: string, work: () => Promise<T>): Promise<T>;
}

export function createChangeQueue(): ChangeQueue {
  const all = createTurns(turns);
  const rooms = new Map<string, { waiting: number; last: Promise<unknown> }>();

  async function after(last: Promise<unknown>, work: () => Promise<unknown>) {
    await last;
    await work();
  }

  return {
    run(roomId, work) {
      const room = rooms.get(roomId) ?? { waiting: 0, last: Promise.resolve() };
      if (room.waiting >= waitingPerRoomMax)
        throw new Refusal("OVERLOADED", "too many changes of one room", { roomId });
      rooms.set(roomId, room);
      room.waiting++;
      return new Promise((resolve, reject) => {
        room.last = after(room.last, async () => {
          await all.run(work).then(resolve, reject);
          await new Promise((paused) => setTimeout(paused, pauseMs));
          if (--room.waiting === 0) rooms.delete(roomId);
        });
      });
    },
  };
}

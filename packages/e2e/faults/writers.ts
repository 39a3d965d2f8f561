// Which chat-history writes: waits until it is another one.
import type { Stack } from "./stack.ts";
import type { Supervised } from "./supervised.ts";
import { secondsUntil } from "./waiting.ts";

const waitMsMax = 60_000;

/** Seconds until another than this one writes; undefined if none did within a minute. */
export function untilWriterBeside({ histories }: Stack, former: Supervised): Promise<number | undefined> {
  const others = histories.filter((history) => history !== former);
  return secondsUntil(async () => {
    const active = await Promise.all(others.map((history) => history.readMetric("recorder_active")));
    return active.includes(1);
  }, waitMsMax);
}

/** Seconds until there is any. */
export function untilWriter(stack: Stack): Promise<number | undefined> {
  return secondsUntil(async () => (await stack.findWriter()) !== undefined, waitMsMax);
}

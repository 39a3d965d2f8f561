// For fault tests: the process kills itself at one exact place of the recorder's work, as a crash there would.

export const failpoints = ["after-read", "after-insert", "after-commit", "after-publish"] as const;
type Failpoint = (typeof failpoints)[number];

/** Called with each place that was reached with entries in hand. */
export type Reached = (point: Failpoint) => void;

/** @param setting `<point>:<n>`: at the n-th time; undefined: never */
export function createFailpoint(setting: string | undefined): Reached {
  const [deadly, times] = setting?.split(":") ?? [];
  let left = Number(times);
  return (point) => {
    if (point === deadly && --left <= 0) process.kill(process.pid, "SIGKILL");
  };
}

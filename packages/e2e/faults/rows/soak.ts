// F-60: nothing happens, for a long time.
import { setTimeout as sleep } from "node:timers/promises";
import type { Row } from "../row.ts";

export const soak: Row = {
  id: "F-60",
  title: "the load for hours",
  rounds: 1,
  isSoak: true,
  run: ({ lastingMs }) => sleep(lastingMs(1)),
};

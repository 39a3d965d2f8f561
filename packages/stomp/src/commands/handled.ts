// What a command's handler returns. It must not know who acts on it.
import type { Outcome } from "../broker.ts";

/** The frame is not answered now: its transaction's COMMIT, or the end of the session, will. */
export const held = Symbol("held");

export type Handled = Outcome | typeof held;

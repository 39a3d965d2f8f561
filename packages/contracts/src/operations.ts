// What the origin says of itself (contracts §5).
import { z } from "zod";

/** `GET /server`: the instance that answered. */
export const ServerAnswer = z.object({
  serverId: z.string(),
  sessions: z.int().nonnegative(),
  uptimeSeconds: z.int().nonnegative(),
});
export type ServerAnswer = z.infer<typeof ServerAnswer>;

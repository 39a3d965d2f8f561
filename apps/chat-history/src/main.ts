// chat-history as a process of its own, on Redis.
import { constants, setPriority } from "node:os";
import { openRedisBus } from "@parley/bus";
import { runService } from "@parley/service";
import { variables } from "./config.ts";
import { createChatHistory } from "./service.ts";

// Where they share a core, what delivers goes before what stores; a RECEIPT has time, a preview has not.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

await runService("chat-history", variables, async (config, { log, lifecycle }) => {
  const bus = await openRedisBus(config.redisUrl, log);
  lifecycle.opened("bus", () => bus.close());
  return createChatHistory(config, { log, lifecycle, bus });
});

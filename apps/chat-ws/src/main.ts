// chat-ws as a process of its own, on Redis.
import { openRedisBus } from "@parley/bus";
import { runService } from "@parley/service";
import { variables } from "./config.ts";
import { createChatWs } from "./service.ts";

await runService("chat-ws", variables, async (config, { log, lifecycle }) => {
  const bus = await openRedisBus(config.redisUrl, log, config);
  lifecycle.opened("bus", () => bus.close());
  return createChatWs(config, { log, lifecycle, bus });
});

// chat-auth as a process of its own, on Redis.
import { openRedisBus } from "@parley/bus";
import { runService } from "@parley/service";
import { createChatAuth, variables } from "./service.ts";

await runService("chat-auth", variables, async (config, { log, lifecycle }) => {
  const bus = await openRedisBus(config.redisUrl, log);
  lifecycle.opened("bus", () => bus.close());
  return createChatAuth(config, { log, lifecycle, bus });
});

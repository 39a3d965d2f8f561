// chat-history as a process of its own, on Redis.
import { createRedisBus } from "@parley/bus";
import { runService } from "@parley/service";
import { variables } from "./config.ts";
import { createChatHistory } from "./service.ts";

await runService("chat-history", variables, async (config, { log, lifecycle }) => {
  const bus = await createRedisBus({ url: config.redisUrl, onError: (error) => log.warn({ err: error }, "redis") });
  lifecycle.opened("bus", () => bus.close());
  return createChatHistory(config, { log, lifecycle, bus });
});

// chat-ws as a process of its own, on Redis.
import { createRedisBus } from "@parley/bus";
import { runService } from "@parley/service";
import { variables } from "./config.ts";
import { createChatWs } from "./service.ts";

await runService("chat-ws", variables, async (config, { log, lifecycle }) => {
  const bus = await createRedisBus({ url: config.redisUrl, onError: (error) => log.warn({ err: error }, "redis") });
  lifecycle.opened("bus", () => bus.close());
  return createChatWs(config, { log, lifecycle, bus });
});

// chat-auth as a process of its own, on Redis.
import { openRedisBus } from "@parley/bus";
import { createRates } from "@parley/rates";
import { runService } from "@parley/service";
import { createChatAuth, variables } from "./service.ts";

await runService("chat-auth", variables, async (config, { log, lifecycle }) => {
  const bus = await openRedisBus(config.redisUrl, log);
  lifecycle.opened("bus", () => bus.close());
  const rates = createRates({ redisUrl: config.redisUrl, log });
  lifecycle.opened("rates", () => rates.close());
  return createChatAuth(config, { log, lifecycle, bus, rates });
});

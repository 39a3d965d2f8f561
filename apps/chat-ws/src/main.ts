// chat-ws as a process of its own, on Redis.
import { openRedisBus } from "@parley/bus";
import { createRates } from "@parley/rates";
import { runService } from "@parley/service";
import { variables } from "./config.ts";
import { createChatWs } from "./service.ts";

await runService("chat-ws", variables, async (config, { log, lifecycle }) => {
  const bus = await openRedisBus(config.redisUrl, log, config);
  lifecycle.opened("bus", () => bus.close());
  const rates = createRates({ redisUrl: config.redisUrl, log, clientName: "parley:chat-ws:rates" });
  lifecycle.opened("rates", () => rates.close());
  return createChatWs(config, { log, lifecycle, bus, rates });
});

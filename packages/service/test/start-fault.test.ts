import { ConfigFault, serverStartFault, StartFault } from "@parley/service";
import { expect, test } from "vitest";

test("names the variable, host and port of a server, neither user nor password", () => {
  const fault = serverStartFault("UNAVAILABLE", "REDIS_URL", "redis://user:secret@redis.local:6379/0", "It is away.");
  expect(fault.message).toBe("REDIS_URL (redis.local:6379): It is away.");
});

test("tells a supervisor whether to try again: 69 (EX_UNAVAILABLE), or not before something changes: 78 (EX_CONFIG)", () => {
  expect(new StartFault("UNAVAILABLE", "").exitCode).toBe(69);
  expect(new StartFault("CONFIG", "").exitCode).toBe(78);
  expect(new ConfigFault("").exitCode).toBe(78);
});

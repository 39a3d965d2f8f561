import { describe, expect, test } from "vitest";
import { ConfigFault, integer, readConfig, url, variable } from "@parley/service";

const variables = {
  port: variable("PORT", integer(0, 65_535).default(8080), "port to listen on"),
  redisUrl: variable("REDIS_URL", url("redis", "rediss"), "Redis"),
};

describe("readConfig", () => {
  test("tells all faults at once, by variable name, without repeating values", () => {
    const read = () => readConfig(variables, { PORT: "65536", REDIS_URL: "http://user:secret@host" });
    expect(read).toThrow(ConfigFault);
    expect(read).toThrow(/PORT: expected a whole number from 0 to 65535[^]*REDIS_URL: expected a URL/);
    expect(read).not.toThrow(/secret/);
  });

  test("names a variable that is missing", () => {
    expect(() => readConfig(variables, {})).toThrow(
      /REDIS_URL: expected a URL that starts with redis:\/\/ or rediss:\/\//,
    );
  });

  test("takes an empty variable as missing, and defaults for what is missing", () => {
    expect(readConfig(variables, { PORT: "", REDIS_URL: "redis://localhost" })).toEqual({
      port: 8080,
      redisUrl: "redis://localhost",
    });
  });
});

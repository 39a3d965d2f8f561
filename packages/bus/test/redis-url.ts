// The Redis of this test run. Others use it at the same time: names must be unique, and nothing is flushed.
import { inject } from "vitest";

export function redisUrl(): string {
  return inject("redisUrl");
}

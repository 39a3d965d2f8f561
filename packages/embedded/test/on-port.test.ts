import { expect, test } from "vitest";
import { StartFault, type Child } from "../src/child.ts";
import { startOnPort } from "../src/on-port.ts";

const child: Child = { pid: 1, exited: Promise.resolve(), kill: () => {} };

test("a free port that was taken meanwhile is replaced", async () => {
  const tried: number[] = [];
  const { port } = await startOnPort({ port: undefined }, async (free) => {
    tried.push(free);
    if (tried.length === 1) throw new StartFault(["bind: Address already in use"]);
    return child;
  });
  expect(tried).toHaveLength(2);
  expect(port).toBe(tried[1]);
});

test("a taken port that was asked for is told at once", async () => {
  const tried: number[] = [];
  const start = startOnPort({ port: 7 }, async (port) => {
    tried.push(port);
    throw new StartFault(["bind: Address already in use"]);
  });
  await expect(start).rejects.toThrow("Address already in use");
  expect(tried).toEqual([7]);
});

test("what may pass is tried again, anything else is not", async () => {
  const faults = ["predecessor is dying", "no such setting"];
  const start = startOnPort({ port: 7, mayPass: /dying/ }, async () => {
    throw new StartFault([faults.shift() ?? "tried once too often"]);
  });
  await expect(start).rejects.toThrow("no such setting");
});

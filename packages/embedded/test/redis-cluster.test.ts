import { access } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { startRedisCluster, type RedisClusterOptions } from "../src/index.ts";

test("three masters share the slots, and one whose replica takes its place comes back as a replica", async () => {
  const { nodes, nodeOf, whole } = await useCluster();
  const masters = nodes.filter((node) => node.role === "master");
  expect(masters).toHaveLength(3);
  expect(await Promise.all([0, 8_191, 16_383].map((slot) => nodeOf(slot)))).toEqual(masters);
  const [killed] = masters;
  killed!.kill("SIGKILL");
  await expect.poll(() => nodeOf(0), { timeout: 15_000 }).not.toBe(killed);
  const elected = await nodeOf(0);
  expect(elected.role).toBe("replica");
  await killed!.restart();
  await whole();
  expect(String(await killed!.ask("INFO", "replication"))).toContain("role:slave");
  expect(await nodeOf(0)).toBe(elected);
});

test("a key is kept by the node of its hash tag only", async () => {
  const { nodes, nodeOf } = await useCluster({ replicas: 0 });
  expect(nodes).toHaveLength(3);
  const owner = await nodeOf("any:{tag}");
  expect(await nodeOf("{tag}")).toBe(owner);
  expect(await owner.ask("SET", "any:{tag}", "1")).toBe("OK");
  const other = nodes.find((node) => node !== owner)!;
  await expect(other.ask("SET", "any:{tag}", "1")).rejects.toThrow(`127.0.0.1:${owner.port}`);
});

test("nothing of it is left after stop", async () => {
  const { nodes, stop } = await useCluster({ replicas: 0 });
  const [, dir] = (await nodes[0]!.ask("CONFIG", "GET", "dir")) as string[];
  await access(dir!);
  await stop();
  await stop();
  await expect(access(dir!)).rejects.toThrow("ENOENT");
  await expect(nodes[0]!.ask("PING")).rejects.toThrow();
});

async function useCluster(options?: RedisClusterOptions) {
  const cluster = await startRedisCluster(options);
  onTestFinished(cluster.stop);
  return cluster;
}

import { access } from "node:fs/promises";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { EmbeddedFault, startRedis, type RedisOptions } from "../src/index.ts";
import { makeFolder } from "./scratch.ts";

test("it keeps an append-only file and evicts nothing", async () => {
  const { port } = await useRedis();
  expect(await ask(port, "CONFIG GET appendonly")).toContain("yes");
  expect(await ask(port, "CONFIG GET maxmemory-policy")).toContain("noeviction");
  expect(await ask(port, "CONFIG GET bind")).toContain("127.0.0.1");
});

test("arguments win over what is usual", async () => {
  const { port } = await useRedis({ args: ["--appendonly", "no"] });
  expect(await ask(port, "CONFIG GET appendonly")).toContain("no");
});

test("keys survive kill -9, and it comes back on the port it had", async () => {
  const dir = await makeFolder();
  const first = await useRedis({ dir });
  expect(await ask(first.port, "SET kept 1")).toContain("+OK");
  first.kill("SIGKILL");
  await first.exited;
  const second = await useRedis({ dir, port: first.port });
  expect(second.url).toBe(first.url);
  expect(await ask(second.port, "GET kept")).toContain("$1\r\n1\r\n");
});

test("its scratch folder is gone after stop", async () => {
  const redis = await useRedis();
  const dir = /\$\d+\r\n(\/.*)\r\n/.exec(await ask(redis.port, "CONFIG GET dir"))?.[1] ?? "";
  await access(dir);
  await redis.stop();
  await redis.stop();
  await expect(access(dir)).rejects.toThrow("ENOENT");
});

test("a taken port is told in Redis' words", async () => {
  const { port } = await useRedis();
  const fault: unknown = await startRedis({ port }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EmbeddedFault);
  expect((fault as Error).message).toMatch(/^Redis did not start .*Address already in use/);
});

async function useRedis(options?: RedisOptions) {
  const redis = await startRedis(options);
  onTestFinished(redis.stop);
  return redis;
}

/** The raw answer to one inline command (RESP). */
async function ask(port: number, command: string): Promise<string> {
  const chunks: string[] = [];
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.end(`${command}\r\nQUIT\r\n`);
  for await (const chunk of socket) chunks.push(String(chunk));
  return chunks.join("");
}

// Many connections that do nothing: opened a few at a time, then kept.
import { openLink } from "./link.ts";
import type { Idle, Report } from "./job.ts";

export async function runIdle(job: Idle, report: (what: Report) => void, go: () => Promise<void>): Promise<void> {
  report({ kind: "ready" });
  await go();
  const { dialect, ports, tokens, connections, rooms, atOnce } = job;
  const startMs = performance.now();
  let opened = 0;
  async function openSome() {
    while (opened < connections) {
      const n = opened++;
      await openLink({
        dialect,
        port: ports[n % ports.length]!,
        room: `room-${n % rooms}`,
        token: tokens[n % tokens.length] ?? "",
        subscriptionId: "sub-0",
      });
    }
  }
  await Promise.all(Array.from({ length: atOnce }, openSome));
  report({ kind: "opened", seconds: (performance.now() - startMs) / 1_000 });
  await go();
}

// A crowd of subscribers as the suite sees it: a process that does as it is told and reports.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command, Report } from "./messages.ts";

export interface Crowd {
  /** Resolves when it is done; one at a time. */
  tell(command: Command): Promise<Report>;
  close(): void;
}

const main = fileURLToPath(new URL("main.ts", import.meta.url));

export function startCrowd(): Crowd {
  const child = fork(main, { execArgv: ["--conditions=development"] });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  return {
    async tell(command) {
      const ended = new AbortController();
      child.send(command);
      const report = once(child, "message", { signal: ended.signal });
      const [answer] = await Promise.race([report, once(child, "exit", { signal: ended.signal })]).finally(() =>
        ended.abort(),
      );
      if (typeof answer !== "object" || answer === null) throw new Error("the crowd's process ended");
      return answer as Report;
    },
    close: kill,
  };
}

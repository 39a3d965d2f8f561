// One step of the way to running containers: its name is shown while it lasts, its output only when it fails.
import { spawn } from "node:child_process";

export type Env = Record<string, string | undefined>;

/** @throws Error with the last lines of what the program said */
export async function run(command: [string, ...string[]], env: Env = {}, isShown = false): Promise<string> {
  const [file, ...args] = command;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (isShown) process.stdout.write(text);
    });
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", (error) => (output += error.message));
    child.on("close", resolve);
  });
  if (code !== 0)
    throw new Error(`${command.join(" ")} ended with ${code}:\n${output.split("\n").slice(-25).join("\n")}`);
  return output;
}

export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  process.stdout.write(`${name} … `);
  try {
    const result = await work();
    console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    return result;
  } catch (error) {
    console.log("FAILED");
    throw error;
  }
}

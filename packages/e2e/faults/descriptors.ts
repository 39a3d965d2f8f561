// How many descriptors a process may have, and sockets that take them all.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);

/** As `ulimit -n` would, for a process that runs. @returns how to give it back what it had */
export async function limitDescriptors(pid: number, count: number): Promise<() => Promise<void>> {
  const limits = await readFile(`/proc/${pid}/limits`, "utf8");
  const before = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (before === undefined) throw new Error(`the limits of ${pid} cannot be read`);
  const set = async (soft: string) => void (await run("prlimit", ["--pid", String(pid), `--nofile=${soft}:`]));
  await set(String(count));
  return () => set(before);
}

export interface Occupation {
  /** Lets go of all. */
  end(): void;
}

const againMs = 200;

/** So many connections that say nothing; one that the server ends is opened again. */
export function occupy(port: number, connections: number): Occupation {
  const sockets = new Set<Socket>();
  let isOver = false;
  function open() {
    if (isOver) return;
    const socket = connect({ port, host: "127.0.0.1" });
    sockets.add(socket);
    socket.resume();
    socket.on("error", () => {}); // Close tells.
    socket.on("close", () => {
      sockets.delete(socket);
      setTimeout(open, againMs);
    });
  }
  for (let n = 0; n < connections; n++) open();
  return {
    end() {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

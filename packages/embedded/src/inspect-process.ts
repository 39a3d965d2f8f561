// What the system tells of a process that is not a child of ours. It sends no signals.
import { readFile } from "node:fs/promises";
import { runProgram } from "./command.ts";

export interface ProcessFacts {
  parentPid: number;
  /** Program and arguments, separated by spaces. */
  commandLine: string;
}

/** Undefined when there is no such process, or only what is left of one until its parent has noticed (a zombie). */
export async function inspectProcess(pid: number): Promise<ProcessFacts | undefined> {
  return process.platform === "linux" ? readProc(pid) : askPs(pid);
}

async function readProc(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // proc(5): pid (name) state ppid …; the name may hold spaces and brackets
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : { parentPid: Number(parent), commandLine };
  } catch {
    return undefined;
  }
}

async function askPs(pid: number): Promise<ProcessFacts | undefined> {
  const { code, output } = await runProgram({ file: "ps", args: ["-o", "ppid=,stat=,command=", "-p", String(pid)] });
  const found = /^\s*(\d+)\s+(\S+)\s+(.*)$/s.exec(output);
  if (code !== 0 || found === null || found[2]!.startsWith("Z")) return undefined;
  return { parentPid: Number(found[1]), commandLine: found[3]! };
}

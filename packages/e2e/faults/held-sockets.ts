// Which connections a server on this machine still holds, by the kernel's account.
import { readFile } from "node:fs/promises";

/** ESTABLISHED and CLOSE_WAIT, as /proc/net/tcp writes them. */
const held = new Set(["01", "08"]);

/** How many connections from these ports to the server's port the server has not closed. */
export async function countHeld(serverPort: number, peerPorts: number[]): Promise<number> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
  const peers = new Set(peerPorts);
  const lines = tables.flatMap((table) => table.trim().split("\n").slice(1));
  return lines.filter((line) => {
    const [, local = "", remote = "", state = ""] = line.trim().split(/\s+/);
    return parsePort(local) === serverPort && peers.has(parsePort(remote)) && held.has(state);
  }).length;
}

export function portOf({ url }: { url: string }): number {
  return Number(new URL(url).port);
}

function parsePort(address: string): number {
  return parseInt(address.slice(address.lastIndexOf(":") + 1), 16);
}

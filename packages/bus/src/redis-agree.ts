// One value per name that all processes share, kept in Redis for good. It must not know what it is for.
import { busFaultOfSent } from "./redis-fault.ts";
import type { RedisTurns } from "./redis-turns.ts";

export async function agree(turns: RedisTurns, name: string, value: string): Promise<string> {
  try {
    const kept = await turns.command("SET", [name, value, "NX", "GET"]);
    return typeof kept === "string" ? kept : value;
  } catch (error) {
    throw busFaultOfSent(error);
  }
}

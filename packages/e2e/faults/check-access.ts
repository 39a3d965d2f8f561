// I-9: whoever has no access is given nothing, and let in nowhere, from a second after that was so.
import type { Findings } from "./findings.ts";
import type { Connection, Exclusion, Life, Recording } from "./recording.ts";

export function checkAccess({ exclusions, connections, lives }: Recording, findings: Findings): void {
  for (const life of lives) {
    const connection = connections[life.connection]!;
    for (const exclusion of exclusions)
      if (concerns(exclusion, connection, life)) checkLife(exclusion, life, connection, findings);
  }
}

function concerns({ of }: Exclusion, { accountId, sid }: Connection, { roomId }: Life): boolean {
  return "sid" in of ? of.sid === sid : of.accountId === accountId && of.roomId === roomId;
}

function checkLife(exclusion: Exclusion, life: Life, { gateway }: Connection, findings: Findings): void {
  const { fromMs, untilMs = Infinity, graceMs } = exclusion;
  const { client, connection, roomId, sentMs, standsMs = Infinity } = life;
  const deadlineMs = fromMs + graceMs;
  const where = `client ${client}, connection ${connection} to ${gateway}, ${roomId}`;
  const late = life.given.filter(({ kind, atMs }) => kind !== "resync" && atMs > deadlineMs && atMs < untilMs);
  const last = late.at(-1);
  if (last)
    findings.add(
      "I-9",
      "given to somebody without access",
      `${where}: ${late.length}, the last ${((last.atMs - fromMs) / 1_000).toFixed(1)} s after`,
      undefined,
      late.length,
    );
  if (sentMs > deadlineMs && standsMs < untilMs)
    findings.add(
      "I-9",
      "somebody without access was let in",
      `${where}: ${((sentMs - fromMs) / 1_000).toFixed(1)} s after`,
    );
}

// Whether a PostgreSQL server can keep what Parley promises. It changes nothing there.
import type { ClientBase, Pool } from "pg";

/** Oldest major version: `uuidv7()` came with it. */
const serverVersionMin = 18;

/** A server that cannot keep the promises; its message is one sentence for whoever operates it. */
export class ServerFault extends Error {
  override readonly name = "ServerFault";
}

/**
 * Checks the version and that a commit survives a power cut.
 * @throws ServerFault naming what is wrong and what to set
 */
export async function checkServer(client: ClientBase | Pool): Promise<void> {
  const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(`
    SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit`);
  const { version, fsync, commit } = rows[0]!;
  const major = Math.floor(Number(version) / 10_000);
  if (major < serverVersionMin)
    throw new ServerFault(`This PostgreSQL is version ${major}; Parley needs ${serverVersionMin} or later.`);
  if (fsync !== "on")
    throw new ServerFault("This PostgreSQL has fsync off and can lose committed messages; set fsync = on.");
  // `remote_apply` promises more than `on`; `local` and `remote_write` less, once there is a standby to promote.
  if (commit !== "on" && commit !== "remote_apply")
    throw new ServerFault(
      `This PostgreSQL has synchronous_commit = ${commit} and can lose committed messages; set it to on.`,
    );
}

// Whether PostgreSQL answers, asked again and again, for a service's readiness.
import type { Pool } from "pg";

const everyMs = 2_000;

export interface DatabaseWatch {
  /** Whether the last check got an answer. */
  answers: () => boolean;
  close: () => void;
}

/** Resolves after the first check. */
export async function watchDatabase(pool: Pool): Promise<DatabaseWatch> {
  let answers = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function check(): Promise<void> {
    answers = await pool.query("SELECT 1").then(
      () => true,
      () => false, // Whoever needed the database has told why.
    );
    if (!closed) timer = setTimeout(check, everyMs).unref();
  }

  await check();
  return {
    answers: () => answers,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

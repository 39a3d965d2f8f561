// Times of PostgreSQL's clock, so that the clocks of several processes do not matter.
import { sql } from "drizzle-orm";

export const now = sql`clock_timestamp()`;
export const inSeconds = (seconds: number) => sql`clock_timestamp() + ${seconds} * interval '1 second'`;
export const secondsAgo = (seconds: number) => inSeconds(-seconds);

// One use of the refresh cookie at a time, in all tabs of this browser: a refresh token that is used twice ends its login.
import { ChatError } from "@parley/client";

const lock = "parley.refresh";
/** When a use began that has no answer yet, in milliseconds since 1970; left behind by a page that was left meanwhile. */
const begunKey = "parley.refresh-begun";
/** The answer to a page that was left comes within this, and its cookie with it. */
const leftPageMs = 2_000;

/** @param call one whose request outlives its page (`keepalive`) */
export function refreshAlone<T>(call: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(lock, () => refreshMarked(call)) : refreshMarked(call);
}

async function refreshMarked<T>(call: () => Promise<T>): Promise<T> {
  const waitMs = Number(localStorage.getItem(begunKey) ?? 0) + leftPageMs - Date.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, leftPageMs)));
  localStorage.setItem(begunKey, String(Date.now()));
  try {
    const answer = await call();
    localStorage.removeItem(begunKey);
    return answer;
  } catch (error) {
    // Without an answer: as also in a page that is being left.
    if (!(error instanceof ChatError) || error.code !== "UNAVAILABLE") localStorage.removeItem(begunKey);
    throw error;
  }
}

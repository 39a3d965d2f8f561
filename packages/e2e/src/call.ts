// Calls of somebody over HTTP that must succeed, and when their answer came.

/** Whose token is read at each call. */
export interface Caller {
  readonly token: string;
}

/** @throws Error for any answer that is no success. Resolves, by this process's monotonic clock, with when it came. */
export async function call(url: string, method: string, { token }: Caller, body?: unknown): Promise<number> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const atMs = performance.now();
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return atMs;
}

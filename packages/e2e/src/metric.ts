// One figure of a service's /metrics. It must not know what it means.

/**
 * The sum over all its labels, or over those lines that have this one; undefined if there is none of that name. Rejects if
 * the service does not answer within a second.
 */
export async function readMetric(serviceUrl: string, name: string, label = ""): Promise<number | undefined> {
  const text = await (await fetch(`${serviceUrl}/metrics`, { signal: AbortSignal.timeout(1_000) })).text();
  const lines = text.split("\n").filter((line) => /^\w+/.exec(line)?.[0] === name);
  if (lines.length === 0) return undefined;
  return lines
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

// What a test run comes to, in two numbers. It runs nothing and reads no file.

export interface Tally {
  passed: number;
  failed: number;
  /** What failed without a word of its own in the output, a line each. */
  remarks: string[];
}

/** As much of vitest's JSON report as is read here. */
interface Report {
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

/**
 * Only what passed has passed: a skipped test counts as failed, and so does a file without tests or that does not load.
 * @param report vitest's JSON report, undefined if it wrote none
 * @param code vitest's exit code, null if a signal ended it
 */
export function tallyTests(report: string | undefined, code: number | null): Tally {
  const tally: Tally = { passed: 0, failed: 0, remarks: [] };
  for (const { name, status, assertionResults } of parseReport(report)) {
    const others = assertionResults.filter((test) => test.status !== "passed");
    tally.passed += assertionResults.length - others.length;
    tally.failed += others.length;
    for (const test of others.filter((other) => other.status !== "failed"))
      tally.remarks.push(`${test.status}: ${name} > ${test.fullName}`);
    if (others.length === 0 && (status !== "passed" || assertionResults.length === 0)) tally.failed += 1;
  }
  if (tally.failed > 0 || (code === 0 && tally.passed > 0)) return tally;
  const reason = code === 0 ? "there were no tests" : `the test run ended with ${code ?? "a signal"}`;
  return { ...tally, failed: 1, remarks: [...tally.remarks, reason] };
}

function parseReport(report: string | undefined): Report["testResults"] {
  try {
    return (JSON.parse(report ?? "") as Report).testResults;
  } catch {
    return []; // it crashed before, or while, it wrote one
  }
}

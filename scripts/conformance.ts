// Lists the rows of docs/conformance.md that no test cites. It does not judge whether a test is right.
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const row = /^\| ([BC])-(\d+)(?: … [BC]-(\d+))? /gm;

/** Their names; a row may stand for several. */
export function readRows(page: string): string[] {
  return [...page.matchAll(row)].flatMap(([, letter = "", first = "", last = first]) => {
    const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => Number(first) + n);
    return numbers.map((number) => `${letter}-${String(number).padStart(first.length, "0")}`);
  });
}

/** All that the tests cite; `C-007 … C-010` and `C-007…C-010` cite four. */
export function readCitations(test: string): Set<string> {
  return new Set(
    readRows(
      [...test.matchAll(/[BC]-\d+(?: ?(?:…|to) ?[BC]-\d+)?/g)]
        .map(([cited]) => `| ${cited.replace(/ ?(?:…|to) ?/, " … ")} `)
        .join("\n"),
    ),
  );
}

export function findUncited(): { rows: number; uncited: string[] } {
  const rows = readRows(readFileSync(`${root}docs/conformance.md`, "utf8"));
  const tests = globSync("{packages,apps}/*/test/**/*.test.ts", { cwd: root });
  const cited = new Set(tests.flatMap((file) => [...readCitations(readFileSync(`${root}${file}`, "utf8"))]));
  return { rows: rows.length, uncited: rows.filter((name) => !cited.has(name)) };
}

if (import.meta.main) {
  const { rows, uncited } = findUncited();
  console.log(uncited.length === 0 ? `All ${rows} rows have a test.` : `Without a test: ${uncited.join(", ")}`);
  process.exitCode = uncited.length === 0 ? 0 : 1;
}

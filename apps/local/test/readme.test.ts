import { readFile } from "node:fs/promises";
import { variables as authVariables } from "@parley/chat-auth";
import { variables as historyVariables } from "@parley/chat-history";
import { variables as gatewayVariables } from "@parley/chat-ws";
import type { Variables } from "@parley/service";
import { expect, test } from "vitest";
import { variables as localVariables } from "../src/config.ts";

const readers: Record<string, Variables> = {
  "npm start": localVariables,
  "chat-ws": gatewayVariables,
  "chat-history": historyVariables,
  "chat-auth": authVariables,
};

/** A row for each variable and meaning: name, default, who reads it, what it means. */
function formatRows(): string[] {
  const rows = new Map<string, string[]>();
  for (const [reader, variables] of Object.entries(readers)) {
    for (const { name, schema, meaning } of Object.values(variables)) {
      if (name === "PORT" || name === "LOG_LEVEL") continue; // Their defaults differ: rows of their own, above the rest.
      const fallback = schema.safeParse(undefined);
      const shown = name === "SERVER_ID" || !fallback.success ? "" : [fallback.data].flat().join(",");
      const key = `| \`${name}\` | ${shown && `\`${shown}\``} | ${meaning} |`;
      rows.set(key, [...(rows.get(key) ?? []), reader]);
    }
  }
  return [...rows].map(([row, who]) => `${row} ${who.length === 4 ? "all" : who.join(", ")} |`);
}

/** The limits have a table of their own. */
const pages = ["README.md", "docs/operations.md"];

test("the tables tell every variable, its default, its meaning and who reads it", async () => {
  const texts = await Promise.all(pages.map((page) => readFile(new URL(`../../../${page}`, import.meta.url), "utf8")));
  const lines = new Set(texts.flatMap((text) => text.split("\n")).map((line) => line.replaceAll(/ +/g, " ")));
  expect(formatRows().filter((row) => !lines.has(row.replaceAll(/ +/g, " ")))).toEqual([]);
});

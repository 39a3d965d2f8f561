import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { isAllowedOrigin } from "@parley/service";

function from(...origins: string[]) {
  const headers = { host: "chat.example", origin: origins[0] };
  return { headers, headersDistinct: { origin: origins } } as unknown as IncomingMessage;
}

test.each([[["https://chat.example"]], [["https://app.example"]], [[]]])("lets %j in (B-03)", (origins) => {
  expect(isAllowedOrigin(from(...origins), ["https://app.example"])).toBe(true);
});

test.each([
  [["https://evil.example"]],
  [["null"]],
  [["https://app.example.evil.com"]],
  [["https://app.example", "https://app.example"]],
])("keeps %j out (B-02)", (origins) => {
  expect(isAllowedOrigin(from(...origins), ["https://app.example"])).toBe(false);
});

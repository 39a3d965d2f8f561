import { expect, it } from "vitest";
import { readPages } from "../src/pages.ts";

/** So many in all, three to a page; a cursor is where the next one begins. */
function listOf(count: number) {
  const asked: (string | undefined)[] = [];
  const read = async ({ cursor }: { cursor?: string }) => {
    asked.push(cursor);
    const start = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(3, count - start) }, (_, n) => start + n);
    return { items, nextCursor: start + 3 < count ? `${start + 3}` : null };
  };
  return { read, asked };
}

it("reads page after page until there are no more", async () => {
  const { read, asked } = listOf(7);
  expect(await readPages(read, 100)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(asked).toEqual([undefined, "3", "6"]);
});

it("takes an empty list for one", async () => {
  expect(await readPages(listOf(0).read, 100)).toEqual([]);
});

it("stops where there are as many as wanted", async () => {
  const { read, asked } = listOf(1_000);
  expect(await readPages(read, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(asked).toEqual([undefined, "3"]);
});

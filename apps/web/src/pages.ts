// Lists that the server gives in pages: read to their end, or shown as far as somebody wants to see them.
import type { ListFrom } from "@parley/client";
import { useCallback, useRef, useState } from "preact/hooks";

interface Page<T> {
  items: readonly T[];
  nextCursor: string | null;
}

type ReadPage<T> = (from: ListFrom) => Promise<Page<T>>;

/** Page after page until there are no more, or so many. */
export async function readPages<T>(read: ReadPage<T>, itemsMax: number): Promise<T[]> {
  const all: T[] = [];
  let from: ListFrom = {};
  while (all.length < itemsMax) {
    const { items, nextCursor } = await read(from);
    all.push(...items);
    if (nextCursor === null) break;
    from = { cursor: nextCursor };
  }
  return all.slice(0, itemsMax);
}

export interface Pages<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  /** More than the first page is shown. */
  readonly isLong: boolean;
  /** From the beginning, or further on. */
  readonly load: (cursor?: string) => Promise<void>;
}

/** @param read the same function for the same list */
export function usePages<T>(read: ReadPage<T>): Pages<T> {
  const [pages, setPages] = useState<Omit<Pages<T>, "load">>({ items: [], nextCursor: null, isLong: false });
  const loads = useRef(0);
  const load = useCallback(
    async (cursor?: string) => {
      const own = ++loads.current;
      const page = await read(cursor === undefined ? {} : { cursor });
      if (own !== loads.current) return; // A late answer undoes nothing.
      setPages((before) => ({
        items: cursor === undefined ? page.items : [...before.items, ...page.items],
        nextCursor: page.nextCursor,
        isLong: cursor !== undefined,
      }));
    },
    [read],
  );
  return { ...pages, load };
}

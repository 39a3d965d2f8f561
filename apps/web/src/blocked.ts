// Whom this account has blocked: one list for all rooms, as a hook.
import type { Rooms } from "@parley/client";
import { useCallback, useState } from "preact/hooks";
import { readPages } from "./pages.ts";

/** As many as a server lets one block unless it is told otherwise. */
const blockedMax = 1_000;

interface Blocked {
  /** Their account ids. */
  readonly blocked: ReadonlySet<string>;
  readonly loadBlocked: () => Promise<void>;
}

export function useBlocked(rooms: Rooms): Blocked {
  const [blocked, setBlocked] = useState<ReadonlySet<string>>(new Set());
  const loadBlocked = useCallback(async () => {
    const accounts = await readPages(async (from) => {
      const page = await rooms.blocked(from);
      return { items: page.accounts, nextCursor: page.nextCursor };
    }, blockedMax);
    setBlocked(new Set(accounts.map(({ accountId }) => accountId)));
  }, [rooms]);
  return { blocked, loadBlocked };
}

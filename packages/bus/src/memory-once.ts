// What the memory bus has appended under a key, for as long as each is remembered. It must not know what that was.
import type { Once } from "./bus.ts";

export interface MemoryOnce {
  has(key: string): boolean;
  add(once: Once): void;
}

export function createMemoryOnce(): MemoryOnce {
  /** When each is forgotten. The oldest stands first. */
  const done = new Map<string, number>();

  function has(key: string): boolean {
    return (done.get(key) ?? 0) > performance.now();
  }

  return {
    has,
    add({ key, rememberMs }) {
      for (const old of done.keys()) {
        if (has(old)) break;
        done.delete(old);
      }
      done.delete(key);
      done.set(key, performance.now() + rememberMs);
    },
  };
}

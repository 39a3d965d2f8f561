// One log of the memory bus: its entries and whoever waits for more. It must not know of topics.
import { BusFault, type LogEntry, type LogReader } from "./bus.ts";

export interface MemoryLog {
  readonly size: number;
  /** Octets of all payloads, in UTF-8. */
  readonly bytes: number;
  append(payload: string): void;
  read(): LogReader;
  /** Ends all readers. */
  close(): void;
}

export function createMemoryLog(): MemoryLog {
  /** By number, ascending, with holes where some were removed. */
  const entries = new Map<number, string>();
  const waiting = new Set<() => void>();
  let last = 0;
  let bytes = 0;
  let closed = false;

  function wakeAll() {
    for (const wake of waiting) wake();
  }

  /** Ends when something happens to the log, or after `waitMs`. */
  function wait(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      waiting.add(wake);
    });
  }

  function numbersBehind(number: number, entriesMax: number): number[] {
    const found: number[] = [];
    const [oldest = last + 1] = entries.keys();
    for (let next = Math.max(number + 1, oldest); next <= last && found.length < entriesMax; next++) {
      if (entries.has(next)) found.push(next);
    }
    return found;
  }

  function read(): LogReader {
    let given = 0;
    let ended = false;

    function take(entriesMax: number): LogEntry[] {
      if (ended || closed) throw new BusFault("UNREACHABLE", "the reader is closed");
      const numbers = numbersBehind(given, entriesMax);
      given = numbers.at(-1) ?? given;
      return numbers.map((number) => ({ id: String(number), payload: entries.get(number) }));
    }

    return {
      async next(entriesMax, waitMs) {
        const deadline = performance.now() + waitMs;
        for (;;) {
          const found = take(entriesMax);
          const leftMs = deadline - performance.now();
          if (found.length > 0 || leftMs <= 0) return found;
          await wait(leftMs);
        }
      },
      async remove(ids) {
        for (const id of ids) {
          bytes -= Buffer.byteLength(entries.get(Number(id)) ?? "");
          entries.delete(Number(id));
        }
      },
      lost: async () => 0,
      async close() {
        ended = true;
        wakeAll();
      },
    };
  }

  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
    append(payload) {
      entries.set(++last, payload);
      bytes += Buffer.byteLength(payload);
      wakeAll();
    },
    read,
    close() {
      closed = true;
      wakeAll();
    },
  };
}

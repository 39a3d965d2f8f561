// All kinds of pages as one. It must not know what is made of them.
import type { Latencies } from "./measure-pages.ts";
import { pageKinds } from "./pages.ts";

export function together(latencies: Latencies): Float64Array {
  return Float64Array.from(pageKinds.flatMap((kind) => [...latencies[kind]])).toSorted();
}

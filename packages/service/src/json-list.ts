// A variable that is a list in JSON. It must not repeat what the list says: some of it is secret.
import { z } from "zod";

/**
 * @param shape of an entry, a strict object
 * @param things what entries are called, in the plural
 * @param unique fields in which no two entries may agree
 * @param read makes of an entry what it is used as; what it throws is shown to people
 */
export function jsonList<S extends z.ZodObject, T = z.infer<S>>(
  shape: S,
  things: string,
  unique: (keyof z.infer<S> & string)[],
  read: (entry: z.infer<S>) => T = (entry) => entry as T,
): z.ZodType<T[]> {
  function parseEntry(entry: unknown, index: number): z.infer<S> {
    const parsed = shape.safeParse(entry);
    if (parsed.success) return parsed.data;
    throw new Error(`entry ${index + 1}: ${describe(parsed.error.issues[0])}`);
  }

  function parse(text: string): T[] {
    const list = z.array(z.unknown()).safeParse(parseJson(text));
    if (!list.success) throw new Error(`expected a JSON list of ${things}`);
    const entries = list.data.map(parseEntry);
    for (const field of unique) {
      if (new Set(entries.map((entry) => entry[field])).size < entries.length)
        throw new Error(`two ${things} have the same ${field}`);
    }
    return entries.map((entry, index) => inEntry(`entry ${index + 1}`, () => read(entry)));
  }

  return z
    .string()
    .default("[]")
    .transform((text, context): T[] => {
      try {
        return parse(text);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message });
        return z.NEVER;
      }
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names of unknown fields are not repeated either: who forgets a quote makes them of anything. */
function describe(issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path.join(".") || "it";
  return `${path}: ${issue?.code === "unrecognized_keys" ? "has an unknown field" : issue?.message}`;
}

function inEntry<T>(entry: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${entry}: ${(error as Error).message}`, { cause: error });
  }
}

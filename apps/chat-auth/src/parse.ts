// Reads what a client sent as one shape, or refuses it. It must not repeat what was sent.
import { Refusal } from "@parley/contracts";
import type { z } from "zod";

/** @throws Refusal INVALID, which names the first field at fault for our logs */
export function parse<S extends z.ZodType>(shape: S, sent: unknown, what: string): z.infer<S> {
  const parsed = shape.safeParse(sent);
  if (!parsed.success) throw new Refusal("INVALID", `${what}: ${parsed.error.issues[0]?.path.join(".")}`);
  return parsed.data;
}

// Where a browser goes back to after signing in: a page of the own origin, whatever was asked for.
import { Refusal } from "@parley/contracts";
import { z } from "zod";

const charactersMax = 1_024;
/** A path and query in characters of URLs; two slashes, or a backslash that browsers take for one, would name a host. */
const Path = z
  .string()
  .max(charactersMax)
  .regex(/^\/(?!\/)[\w\-.~!$&'()*+,;=:@%/?]*$/);

/** @throws Refusal INVALID for anything but a path of the own origin */
export function parseReturnPath(asked: unknown): string {
  const path = Path.safeParse(asked ?? "/");
  if (!path.success) throw new Refusal("INVALID", "return is not a path of this origin");
  return path.data;
}

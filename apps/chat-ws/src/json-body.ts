// The JSON body of a SEND, in the shape that it must have.
import { isUtf8 } from "node:buffer";
import { Refusal } from "@parley/contracts";
import type { Frame } from "@parley/stomp";
import type { z } from "zod";

/** @throws Refusal INVALID */
export function parseJsonBody<S extends z.ZodType>({ body }: Frame, shape: S): z.infer<S> {
  if (!isUtf8(body)) throw new Refusal("INVALID", "the body is not UTF-8");
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    throw new Refusal("INVALID", "the body is not JSON");
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw new Refusal("INVALID", `wrong ${parsed.error.issues[0]?.path.join(".")}`);
  return parsed.data;
}

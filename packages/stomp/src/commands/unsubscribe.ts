// UNSUBSCRIBE: after its RECEIPT the subscription gets nothing more. It must not know what destinations do.
import type { Connection } from "../connection.ts";
import { requiredHeader, type Frame } from "../frame.ts";

export function unsubscribe<P>({ subscriptions, version }: Connection<P>, frame: Frame): void {
  const id = frame.headers.get("id");
  // 1.0 names a subscription that was made without id by its destination.
  if (version === "1.0" && id === undefined) {
    subscriptions.remove(subscriptions.find(undefined, requiredHeader(frame, "destination")));
  } else {
    subscriptions.remove(subscriptions.find(requiredHeader(frame, "id")));
  }
}

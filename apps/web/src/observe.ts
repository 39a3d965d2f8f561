// The SDK's observables as hooks.
import type { Observable } from "@parley/client";
import { useEffect, useState } from "preact/hooks";

export function useObservable<T>(observable: Observable<T>): T {
  const [, renderAgain] = useState({});
  useEffect(() => {
    renderAgain({}); // It may have changed between the first render and now.
    return observable.subscribe(() => renderAgain({}));
  }, [observable]);
  return observable.get();
}

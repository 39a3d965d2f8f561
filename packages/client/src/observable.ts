// A value that can be watched. It knows nothing of chats.

export interface Observable<T> {
  get(): T;
  /** Called with each new value, not with the present one; returns how to stop. */
  subscribe(listener: (value: T) => void): () => void;
}

export interface Subject<T> extends Observable<T> {
  /** The same value again tells nobody. */
  set(value: T): void;
}

export function createSubject<T>(initial: T): Subject<T> {
  let current = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) listener(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

// The web SDK in Node, as a page would use it; waits for what its lists show.
import {
  createChat,
  createMemoryOutbox,
  type Chat,
  type Observable,
  type Outbox,
  type RoomState,
} from "@parley/client";
import type { Person } from "./accounts.ts";

const waitMsMax = 60_000;

/** @param outbox the same for a second page of the same account is what a reload is */
export function openChat(url: string, person: Person, outbox: Outbox = createMemoryOutbox()): Chat {
  const { accountId, name, token } = person;
  return createChat({ url, accountId, senderName: name, getToken: async () => token, outbox });
}

/** Resolves with the first value, also the present one, for which it is true. */
export function until<T>(observable: Observable<T>, isIt: (value: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (value: T) => {
      if (!isIt(value)) return;
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`not within ${waitMsMax} ms: ${JSON.stringify(observable.get()).slice(0, 2_000)}`));
    }, waitMsMax);
    const stop = observable.subscribe(check);
    check(observable.get());
  });
}

/** The texts of a room whose messages are all stored, else undefined. */
export function storedTexts({ messages }: RoomState): string[] | undefined {
  return messages.every(({ state }) => state === "stored") ? messages.map(({ content }) => content) : undefined;
}

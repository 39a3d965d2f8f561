// The web SDK in Node, as a page would use it; waits for what its lists show.
import {
  ChatError,
  createChat,
  createMemoryOutbox,
  type Chat,
  type Observable,
  type Outbox,
  type RoomState,
} from "@parley/client";
import { LoginAnswer } from "@parley/contracts";
import type { Person } from "./accounts.ts";

const waitMsMax = 60_000;

/** @param outbox the same for a second page of the same account is what a reload is */
export function openChat(url: string, person: Person, outbox: Outbox = createMemoryOutbox()): Chat {
  const { accountId, name, token } = person;
  return createChat({ url, accountId, senderName: name, getToken: async () => token, outbox });
}

export interface Guest extends Person {
  chat: Chat;
  /** Ends the login. */
  signOut(): Promise<void>;
}

/** Somebody with a refresh cookie, as in a browser: the chat asks for tokens as a page does. */
export async function openGuest(url: string, name: string): Promise<Guest> {
  let cookie = "";
  async function post(call: string, body: object = {}): Promise<Response> {
    const headers = { "content-type": "application/json", cookie };
    const response = await fetch(`${url}/auth/${call}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new ChatError(response.status === 401 ? "UNAUTHENTICATED" : "UNAVAILABLE", call);
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    return response;
  }
  const signIn = async (response: Promise<Response>) => LoginAnswer.parse(await (await response).json());

  const { account, accessToken } = await signIn(post("guest", { nickname: name }));
  let token = accessToken;
  const chat = createChat({
    url,
    accountId: account.id,
    senderName: name,
    outbox: createMemoryOutbox(),
    async getToken({ fresh }) {
      if (fresh) token = (await signIn(post("refresh"))).accessToken;
      return token;
    },
  });
  return {
    accountId: account.id,
    name,
    token: accessToken,
    chat,
    signOut: async () => void (await post("logout")),
  };
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

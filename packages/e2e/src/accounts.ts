// Signs up somebody new, and reads history as them.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryPage, LoginAnswer, type StoredMessage } from "@parley/contracts";

export interface Person {
  accountId: string;
  name: string;
  token: string;
}

/** Of chat-auth. */
export interface Member extends Person {
  email: string;
  password: string;
}

const password = "correct horse battery";

/**
 * @param authUrl where chat-auth's paths begin
 * @param tries more than one: as a person would who is told to try again in a moment (503)
 */
export async function signUp(authUrl: string, name: string, tries = 1): Promise<Member> {
  const email = `${randomUUID()}@example.org`;
  const response = await post(`${authUrl}/signup`, { email, password, nickname: name });
  if (response.status === 503 && tries > 1) {
    await sleep(Number(response.headers.get("retry-after") ?? 1) * 1_000);
    return signUp(authUrl, name, tries - 1);
  }
  return { ...(await readLogin(response)), email, password };
}

/** Another login of the same account. */
export async function logIn(authUrl: string, { email, password: known }: Member): Promise<Member> {
  const response = await post(`${authUrl}/login`, { email, password: known });
  return { ...(await readLogin(response)), email, password: known };
}

function post(url: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

async function readLogin(response: Response): Promise<Person> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  const { account, accessToken } = LoginAnswer.parse(await response.json());
  return { accountId: account.id, name: account.nickname, token: accessToken };
}

/** All messages of a room, by pages forward. */
export async function readHistory(historyUrl: string, roomId: string, { token }: Person): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (let after: number | null = 0; after !== null;) {
    const url = `${historyUrl}/${roomId}/messages?after=${after}&limit=200`;
    const page: HistoryPage = HistoryPage.parse(
      await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json(),
    );
    messages.push(...page.messages);
    after = page.nextCursor;
  }
  return messages;
}

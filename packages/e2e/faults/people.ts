// The few accounts that the load speaks for; each has a token that is always fresh enough to connect with.
import { randomUUID } from "node:crypto";
import { LoginAnswer } from "@parley/contracts";

export interface Speaker {
  accountId: string;
  email: string;
  password: string;
  readonly token: string;
  /** The token was not accepted: gets another, as a page would. */
  refused(): void;
  close(): void;
}

const refreshMs = 10 * 60_000;
const retryMs = 5_000;
const password = "correct horse battery";

/** @param known an account that is there: this is another login of it */
export async function openSpeaker(authUrl: string, nickname: string, known?: Pick<Speaker, "email">): Promise<Speaker> {
  const email = known?.email ?? `${randomUUID()}@example.org`;
  const { account, accessToken } = await (known
    ? ask(`${authUrl}/login`, { email, password })
    : ask(`${authUrl}/signup`, { email, password, nickname }));
  let token = accessToken;
  let timer = setTimeout(refresh, refreshMs);
  let refreshedMs = performance.now();
  async function refresh() {
    refreshedMs = performance.now();
    const answer = await ask(`${authUrl}/login`, { email, password }).catch(() => undefined);
    token = answer?.accessToken ?? token;
    timer = setTimeout(refresh, answer ? refreshMs : retryMs);
  }
  return {
    accountId: account.id,
    email,
    password,
    get token() {
      return token;
    },
    refused() {
      if (performance.now() < refreshedMs + retryMs) return;
      clearTimeout(timer);
      void refresh();
    },
    close: () => clearTimeout(timer),
  };
}

/** The `sid` of an access token: from which login it is. */
export function readLogin(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).sid;
}

async function ask(url: string, body: Record<string, string>): Promise<LoginAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return LoginAnswer.parse(await response.json());
}

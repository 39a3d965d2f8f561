// People who get a new token every second, and come with it, and with older ones, to a chat-ws and to chat-history.
import { setTimeout as sleep } from "node:timers/promises";
import { LoginAnswer } from "@parley/contracts";
import { arrive } from "./newcomer.ts";
import type { Speaker } from "./people.ts";
import type { Stack } from "./stack.ts";

const everyMs = 1_000;
const answerMsMax = 20_000;

interface Options {
  stack: Stack;
  /** Whose account it is. */
  speaker: Speaker;
  roomId: string;
  random: () => number;
}

export interface Comer {
  /** Names of the keys that its tokens were signed with, in order. */
  kids: string[];
  /** How often it was let in, and how long that took at most. */
  readonly taken: number;
  readonly longestMs: number;
  /** What it got instead, with how old the token's key was: `0` for the latest. */
  refused: string[];
  stop(): Promise<void>;
}

export function startComer({ stack, speaker, roomId, random }: Options): Comer {
  const tokens: string[] = [];
  const kids: string[] = [];
  const refused: string[] = [];
  const over = new AbortController();
  let taken = 0;
  let longestMs = 0;
  let cookie = "";

  /** By turns a new login, and the next token of that. */
  async function getToken(): Promise<string> {
    const path = cookie === "" ? "login" : "refresh";
    const response = await fetch(`${stack.auth.url}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie !== "" && { cookie }) },
      ...(path === "login" && { body: JSON.stringify({ email: speaker.email, password: speaker.password }) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    cookie = path === "login" ? (response.headers.getSetCookie()[0]?.split(";")[0] ?? "") : "";
    return LoginAnswer.parse(await response.json()).accessToken;
  }

  async function show(where: string, token: string, wanted: string, ask: () => Promise<string>) {
    const startMs = performance.now();
    const got = await ask();
    longestMs = Math.max(longestMs, performance.now() - startMs);
    if (got === wanted) taken++;
    else refused.push(`${where}: ${got} for a key ${kids.length - 1 - kids.indexOf(kidOf(token))} before the latest`);
  }

  async function come(token: string) {
    const gateway = stack.gateways[Math.floor(random() * stack.gateways.length)]!;
    await Promise.all([
      show("CONNECT", token, "CONNECTED", async () => (await arrive(gateway.url, token, answerMsMax)).outcome),
      ...stack.histories.map(({ url }) =>
        show("GET", token, "200", () => readStatus(`${url}/${roomId}/messages`, token)),
      ),
    ]);
  }

  async function comeAnew() {
    const token = await getToken();
    tokens.push(token);
    const kid = kidOf(token);
    if (!kids.includes(kid)) kids.push(kid);
    await Promise.all([come(token), come(tokens[Math.floor(random() * tokens.length)]!), come(tokens[0]!)]);
  }

  const coming = (async () => {
    for (; !over.signal.aborted; await sleep(everyMs, undefined, { signal: over.signal }).catch(() => {}))
      await comeAnew().catch((error: unknown) => refused.push(String(error)));
  })();
  return {
    kids,
    refused,
    get taken() {
      return taken;
    },
    get longestMs() {
      return longestMs;
    },
    async stop() {
      over.abort();
      await coming;
    },
  };
}

async function readStatus(url: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(answerMsMax) });
  await response.arrayBuffer();
  return String(response.status);
}

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString()).kid;
}

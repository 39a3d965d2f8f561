// F-56: chat-auth's signing key changes while people log in, connect and read.
import { setTimeout as sleep } from "node:timers/promises";
import { KeyRotationAnswer } from "@parley/contracts";
import { percentile } from "../../src/counting-reader.ts";
import { startComer, type Comer } from "../comers.ts";
import { lostConnections } from "../figures.ts";
import { openSpeaker } from "../people.ts";
import type { Row } from "../row.ts";
import { operatorToken } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

const comersAtOnce = 6;
/** Longer than the pause between two looks at the keys, which is 10 s, as chat-auth asks for it: then nobody has to wait. */
const leadSeconds = 13;
/** How long people come with tokens of the new key, and of those before. */
const usedMs = 6_000;

export const keysRotated: Row = {
  id: "F-56",
  title: "the key that signs tokens is changed",
  rounds: 3,
  normalWithinMs: 5_000,
  openStack: async () => ({ authEnv: { KEY_LEAD_SECONDS: String(leadSeconds) } }),
  async run({ stack, load, random, rounds, fault, tell, fact, bound }) {
    const speakers = await Promise.all(
      Array.from({ length: comersAtOnce }, (_, n) => openSpeaker(stack.auth.url, `Comer ${n}`)),
    );
    const comers: Comer[] = speakers.map((speaker) => startComer({ stack, speaker, roomId: load.rooms[0]!, random }));
    const signsS: number[] = [];
    fault.startMs = performance.now();
    for (let round = 1; round <= rounds; round++) {
      const { kid } = await rotate(stack.auth.url);
      signsS.push((await secondsUntil(() => comers.every(({ kids }) => kids.includes(kid)), 60_000, 100)) ?? Infinity);
      await sleep(usedMs);
      tell(`${round} of ${rounds} keys`);
    }
    fault.endMs = performance.now();
    await Promise.all(comers.map((comer) => comer.stop()));
    for (const speaker of speakers) speaker.close();
    bound("everybody's next token is of a new key after", percentile(signsS, 1), leadSeconds + 5, "s");
    const refused = comers.flatMap((comer) => comer.refused);
    fact(
      `${new Set(comers.flatMap(({ kids }) => kids)).size} keys, tokens shown ${sum(comers.map(({ taken }) => taken))} times`,
    );
    fact(`longest answer ${Math.max(...comers.map(({ longestMs }) => longestMs)).toFixed(0)} ms`);
    bound("of them refused", refused.length, 0, "");
    for (const example of refused.slice(0, 3)) fact(example);
  },
  judge({ load, fault, bound }) {
    const { connections } = load.recording;
    const tokenFaults = connections.filter(({ error = "" }) =>
      /^(UNAUTHENTICATED|TOKEN_EXPIRED|UNAVAILABLE)/.test(error),
    );
    bound("CONNECTs of the load refused", tokenFaults.length, 0, "");
    bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
  },
};

async function rotate(authUrl: string): Promise<KeyRotationAnswer> {
  const response = await fetch(`${authUrl}/keys/rotate`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorToken}` },
  });
  if (!response.ok) throw new Error(`the key could not be changed: ${response.status}`);
  return KeyRotationAnswer.parse(await response.json());
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

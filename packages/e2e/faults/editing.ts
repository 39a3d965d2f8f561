// Edits and deletions over HTTP during the load: changes take numbers of their own, which clients must see in order.
import type { Speaker } from "./people.ts";

interface Stored {
  roomId: string;
  id: string;
  sender: string;
}

const keptMax = 500;

export function startEditing(historyUrl: string, speakers: Speaker[], perSecond: number, random: () => number) {
  const kept: Stored[] = [];
  let next = 0;

  async function change() {
    const message = kept[Math.floor(random() * kept.length)];
    const speaker = speakers.find(({ accountId }) => accountId === message?.sender);
    if (!message || !speaker) return;
    const isDeletion = random() < 0.25;
    // A refusal (deleted already, nobody answers) changes nothing: the checker looks at what is stored.
    await fetch(`${historyUrl}/${message.roomId}/messages/${message.id}`, {
      method: isDeletion ? "DELETE" : "PATCH",
      headers: { authorization: `Bearer ${speaker.token}`, "content-type": "application/json" },
      ...(isDeletion ? {} : { body: JSON.stringify({ content: `edited ${random()}` }) }),
      signal: AbortSignal.timeout(10_000),
    })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }

  const timer = perSecond > 0 ? setInterval(() => void change(), 1_000 / perSecond) : undefined;
  return {
    /** A message that may be changed from now on. */
    offer(message: Stored): void {
      if (random() < 0.05) kept[next++ % keptMax] = message;
    },
    stop: () => clearInterval(timer),
  };
}

// Steady traffic of several people while something happens to the servers, and what became of every message.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readHistory, signUp } from "./accounts.ts";
import { openChat, until } from "./sdk.ts";

export interface TrafficReport {
  sent: number;
  /** Texts that history lacks, and those that it has more than once. */
  missing: string[];
  doubled: string[];
  /** The longest that a client was without a connection, and that a message took to be stored, in milliseconds. */
  awayMsMax: number;
  storedMsMax: number;
  /** Whether every client shows what history holds, in its order. */
  isSameForAll: boolean;
}

/** An instance that has just started may still be finding its database. */
const signUpTries = 10;

/**
 * @param happens the traffic goes on until it has
 * @param everyMs each person sends one message so often
 */
export async function runTraffic(
  originUrl: string,
  happens: () => Promise<unknown>,
  { people = 6, everyMs = 100 } = {},
): Promise<TrafficReport> {
  const roomId = randomUUID();
  const persons = await Promise.all(
    Array.from({ length: people }, (_, n) => signUp(`${originUrl}/auth`, `Person ${n}`, signUpTries)),
  );
  const chats = persons.map((person) => openChat(originUrl, person));
  const rooms = chats.map((chat) => chat.room(roomId));
  await Promise.all(rooms.map(({ state }) => until(state, ({ status }) => status === "live")));

  let awayMsMax = 0;
  let storedMsMax = 0;
  for (const chat of chats) {
    let since: number | undefined;
    chat.connection.subscribe(({ status }) => {
      if (status === "connected" && since !== undefined) awayMsMax = Math.max(awayMsMax, performance.now() - since);
      since = status === "connected" ? undefined : (since ?? performance.now());
    });
    chat.onTrace((event) => {
      if (event.kind === "swap") storedMsMax = Math.max(storedMsMax, event.afterMs);
    });
  }

  const over = new AbortController();
  const sent: string[] = [];
  const talk = Promise.all(
    rooms.map(async (room, who) => {
      for (let n = 0; !over.signal.aborted; n++) {
        const text = `${who}: ${n}`;
        sent.push(text);
        room.send(text);
        await sleep(everyMs);
      }
    }),
  );
  try {
    await happens();
  } finally {
    over.abort();
    await talk;
  }
  await Promise.all(
    rooms.map(({ state }) =>
      until(state, ({ messages, status }) => status === "live" && messages.every(({ seq }) => seq !== null)),
    ),
  );

  const history = (await readHistory(originUrl, roomId, persons[0]!)).map(({ content }) => content);
  await Promise.all(
    rooms.map(({ state }) => until(state, ({ messages }) => messages.at(-1)?.content === history.at(-1))),
  );
  const isSameForAll = rooms.every(({ state }) => {
    const shown = state.get().messages.map(({ content }) => content);
    return shown.join("\n") === history.slice(-shown.length).join("\n");
  });
  await Promise.all(chats.map((chat) => chat.close()));
  const stored = new Set(history);
  return {
    sent: sent.length,
    missing: sent.filter((text) => !stored.has(text)),
    doubled: history.filter((text, index) => history.indexOf(text) !== index),
    awayMsMax: Math.round(awayMsMax),
    storedMsMax: Math.round(storedMsMax),
    isSameForAll,
  };
}

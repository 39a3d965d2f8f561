// Bare sockets that say what they have to say one octet at a time, and how long they are let.
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Speech {
  /** Said at once. */
  opening: Buffer | string;
  /** Said again and again, one after each pause. */
  morsel: Buffer | string;
}

export interface Trickle {
  readonly openMs: number;
  readonly closedMs: number | undefined;
  /** The beginning of what it was answered, and when the last of it came. */
  readonly answer: string;
  readonly answeredMs: number | undefined;
  destroy(): void;
}

const everyMs = 5_000;
const answerCharactersMax = 2_000;

/** @param url of any service */
export function trickle(url: string, { opening, morsel }: Speech): Trickle {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let openMs = performance.now();
  let closedMs: number | undefined;
  let answer = "";
  let answeredMs: number | undefined;
  let talking: NodeJS.Timeout | undefined;
  socket.on("connect", () => {
    openMs = performance.now();
    if (opening.length > 0) socket.write(opening);
    if (morsel.length > 0) talking = setInterval(() => socket.write(morsel), everyMs);
  });
  socket.on("data", (chunk) => {
    answeredMs = performance.now();
    if (answer.length < answerCharactersMax) answer += chunk.toString("latin1");
  });
  socket.on("error", () => {}); // Close tells.
  socket.on("close", () => {
    closedMs = performance.now();
    clearInterval(talking);
  });
  return {
    get openMs() {
      return openMs;
    },
    get closedMs() {
      return closedMs;
    },
    get answer() {
      return answer;
    },
    get answeredMs() {
      return answeredMs;
    },
    destroy: () => void socket.destroy(),
  };
}

/** Opens so many, at this rate at most: what is turned away for its rate is another fault. */
export async function trickleMany(count: number, perSecond: number, open: (n: number) => Trickle): Promise<Trickle[]> {
  const trickles: Trickle[] = [];
  const startMs = performance.now();
  while (trickles.length < count) {
    trickles.push(open(trickles.length));
    await sleep(Math.max(0, startMs + (1_000 * trickles.length) / perSecond - performance.now()));
  }
  return trickles;
}

// Messages on their way into the log, in the order in which they came. While the bus is away they wait for a while:
// a short outage of Redis is a delay for senders, not a refusal. It does not know what they say.
import { BusFault, type Bus, type Log } from "@parley/bus";

/** The way into the log of one partition. */
export interface Lane {
  readonly log: Log;
  /** Why nothing may be appended now, or undefined. */
  fault(): string | undefined;
}

export interface AppendsOptions {
  bus: Bus;
  laneOf: (roomId: string) => Lane;
  /** Messages that wait at most, on all lanes; beyond it they are refused at once. */
  heldMax: number;
  /** How long each waits, in milliseconds. */
  heldMs: number;
  /** Monotonic, in milliseconds. */
  now: () => number;
}

export interface Appends {
  /** @throws BusFault */
  append(roomId: string, payload: string, from: Origin): Promise<void>;
  /** How many wait for the bus. */
  readonly held: number;
}

/** Where a message comes from. */
interface Origin {
  /** Its connection: of what that sent to one room, none goes if an earlier one was refused for having waited too long. */
  owner: object;
  /** Asked again when a message that waited is about to go: an earlier one may be in doubt, the connection may be gone. */
  isBlocked: () => boolean;
}

interface Held extends Origin {
  roomId: string;
  payload: string;
  untilMs: number;
  resolve: (appended: Promise<void>) => void;
  reject: (fault: BusFault) => void;
}

/** How often the bus is looked at while messages wait for it, in milliseconds. */
const lookMs = 20;

export function createAppends({ bus, laneOf, heldMax, heldMs, now }: AppendsOptions): Appends {
  /** Of each lane that somebody waits for. */
  const waiting = new Map<Lane, Held[]>();

  function countHeld(): number {
    let count = 0;
    for (const held of waiting.values()) count += held.length;
    return count;
  }

  function hold(lane: Lane, message: Pick<Held, "roomId" | "payload" | keyof Origin>): Promise<void> {
    if (countHeld() >= heldMax) throw new BusFault("UNREACHABLE", "too many messages wait for the bus");
    return new Promise((resolve, reject) => {
      const last: Held = { ...message, untilMs: now() + heldMs, resolve, reject };
      const held = waiting.get(lane);
      if (held) return void held.push(last);
      waiting.set(lane, [last]);
      setTimeout(look, lookMs, lane);
    });
  }

  function look(lane: Lane) {
    const held = waiting.get(lane) ?? [];
    if (lane.fault() === undefined) {
      // All in one turn, so that none that comes later is faster.
      for (const { roomId, payload, isBlocked, resolve, reject } of held) {
        if (isBlocked()) reject(new BusFault("UNREACHABLE", "an earlier message is in doubt, or the client gone"));
        else resolve(bus.append(lane.log, roomId, payload));
      }
      waiting.delete(lane);
      return;
    }
    const nowMs = now();
    const late = held.filter(({ untilMs }) => untilMs <= nowMs);
    // What was sent behind a message that is refused would overtake it.
    const isBehind = (one: Held) => late.some(({ owner, roomId }) => owner === one.owner && roomId === one.roomId);
    const refused = late.length > 0 ? held.filter(isBehind) : [];
    const left = refused.length > 0 ? held.filter((one) => !isBehind(one)) : held;
    if (left.length > 0) waiting.set(lane, left);
    else waiting.delete(lane);
    for (const { reject } of refused) reject(new BusFault("UNREACHABLE", "the bus stayed away"));
    if (left.length > 0) setTimeout(look, lookMs, lane);
  }

  return {
    async append(roomId, payload, from) {
      const lane = laneOf(roomId);
      // Whoever waits goes first.
      if (waiting.has(lane) || lane.fault() !== undefined) return hold(lane, { roomId, payload, ...from });
      return bus.append(lane.log, roomId, payload);
    },
    get held() {
      return countHeld();
    },
  };
}

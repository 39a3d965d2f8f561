// Messages on their way into the log, in the order in which they came. While the bus is away they wait for a while:
// a short outage of Redis is a delay for senders, not a refusal. It does not know what they say.
import { BusFault, type Bus, type Log } from "@parley/bus";

export interface AppendsOptions {
  bus: Bus;
  log: Log;
  /** Messages that wait at most; beyond it they are refused at once. */
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

export function createAppends({ bus, log, heldMax, heldMs, now }: AppendsOptions): Appends {
  let held: Held[] = [];

  function hold(message: Pick<Held, "roomId" | "payload" | keyof Origin>): Promise<void> {
    if (held.length >= heldMax) throw new BusFault("UNREACHABLE", "too many messages wait for the bus");
    return new Promise((resolve, reject) => {
      if (held.push({ ...message, untilMs: now() + heldMs, resolve, reject }) === 1) setTimeout(look, lookMs);
    });
  }

  function look() {
    if (bus.fault() === undefined) {
      // All in one turn, so that none that comes later is faster.
      for (const { roomId, payload, isBlocked, resolve, reject } of held) {
        if (isBlocked()) reject(new BusFault("UNREACHABLE", "an earlier message is in doubt, or the client gone"));
        else resolve(bus.append(log, roomId, payload));
      }
      held = [];
      return;
    }
    const nowMs = now();
    const late = held.filter(({ untilMs }) => untilMs <= nowMs);
    // What was sent behind a message that is refused would overtake it.
    const isBehind = (one: Held) => late.some(({ owner, roomId }) => owner === one.owner && roomId === one.roomId);
    const refused = late.length > 0 ? held.filter(isBehind) : [];
    if (refused.length > 0) held = held.filter((one) => !isBehind(one));
    for (const { reject } of refused) reject(new BusFault("UNREACHABLE", "the bus stayed away"));
    if (held.length > 0) setTimeout(look, lookMs);
  }

  return {
    async append(roomId, payload, from) {
      // Whoever waits goes first.
      if (held.length > 0 || bus.fault() !== undefined) return hold({ roomId, payload, ...from });
      return bus.append(log, roomId, payload);
    },
    get held() {
      return held.length;
    },
  };
}

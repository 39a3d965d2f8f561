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
  /**
   * @param isBlocked asked again when a message that waited is about to go: an earlier one may have fallen in doubt
   * @throws BusFault
   */
  append(roomId: string, payload: string, isBlocked: () => boolean): Promise<void>;
  /** How many wait for the bus. */
  readonly held: number;
}

interface Held {
  roomId: string;
  payload: string;
  isBlocked: () => boolean;
  untilMs: number;
  resolve: (appended: Promise<void>) => void;
  reject: (fault: BusFault) => void;
}

/** How often the bus is looked at while messages wait for it, in milliseconds. */
const lookMs = 20;

export function createAppends({ bus, log, heldMax, heldMs, now }: AppendsOptions): Appends {
  let held: Held[] = [];

  function hold(message: Pick<Held, "roomId" | "payload" | "isBlocked">): Promise<void> {
    if (held.length >= heldMax) throw new BusFault("UNREACHABLE", "too many messages wait for the bus");
    return new Promise((resolve, reject) => {
      if (held.push({ ...message, untilMs: now() + heldMs, resolve, reject }) === 1) setTimeout(look, lookMs);
    });
  }

  function look() {
    if (bus.fault() === undefined) {
      // All in one turn, so that none that comes later is faster.
      for (const { roomId, payload, isBlocked, resolve, reject } of held) {
        if (isBlocked()) reject(new BusFault("UNREACHABLE", "an earlier message is in doubt"));
        else resolve(bus.append(log, roomId, payload));
      }
      held = [];
      return;
    }
    const nowMs = now();
    const firstInTime = held.findIndex(({ untilMs }) => untilMs > nowMs);
    for (const { reject } of held.splice(0, firstInTime < 0 ? held.length : firstInTime))
      reject(new BusFault("UNREACHABLE", "the bus stayed away"));
    if (held.length > 0) setTimeout(look, lookMs);
  }

  return {
    async append(roomId, payload, isBlocked) {
      // Whoever waits goes first.
      if (held.length > 0 || bus.fault() !== undefined) return hold({ roomId, payload, isBlocked });
      return bus.append(log, roomId, payload);
    },
    get held() {
      return held.length;
    },
  };
}

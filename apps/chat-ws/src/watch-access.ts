// Hears of changes of rights and of logins that have ended, at once by events, and again and again by asking: an event may be
// lost, and must not leave a door open.
import { openSteadyTopics, type Bus } from "@parley/bus";
import { ChatAccessPubSub, type Partitioning } from "@parley/contracts";
import type { Log } from "@parley/service";
import { createRevocationPages, watchRevocations, type Revocations } from "@parley/tokens";
import type { Access } from "./access.ts";
import type { Logins } from "./logins.ts";

interface Options {
  bus: Bus;
  partitioning: Partitioning;
  access: Access;
  logins: Logins;
  authUrl?: string | undefined;
  serviceToken: string;
  accessCheckMs: number;
  log: Log;
}

export interface AccessWatch {
  revocations: Revocations;
  /** Asks now, as after a time without the bus. Never rejects. */
  check(): Promise<void>;
  /** Whether it is not known yet who may connect, or changes are not heard of. */
  readonly isBlind: boolean;
  close(): void;
}

export async function watchAccess(options: Options): Promise<AccessWatch> {
  const { bus, partitioning, access, logins, authUrl, serviceToken, accessCheckMs, log } = options;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  async function checkRights() {
    clearTimeout(timer);
    try {
      await access.check();
    } catch (error) {
      log.warn({ err: error }, "could not ask what changed in rights");
    }
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void checkRights(), accessCheckMs);
  }

  async function check() {
    await Promise.all([checkRights(), revocations.check()]);
  }

  const listeners = [
    (payload: string) => {
      const event = parse(payload);
      if (event) access.hear(event);
    },
  ];
  // Of all partitions: who may connect must be known also where nobody is connected yet.
  const events = await openSteadyTopics(
    bus,
    partitioning.all.map((channels) => channels.access),
    (payload) => {
      for (const heard of listeners) heard(payload);
    },
    () => void check(),
  );
  const revocations = await watchRevocations({
    fetchPage: createRevocationPages(authUrl, serviceToken),
    listen: async (heard) => listeners.push(heard),
    onRevoked: (sid) => logins.end(sid),
    onFault: (error) => log.warn({ err: error }, "could not ask which logins have ended"),
    now: () => performance.now(),
    checkMs: accessCheckMs,
  });
  timer = setTimeout(() => void checkRights(), accessCheckMs);
  return {
    revocations,
    check,
    get isBlind() {
      return !revocations.isLoaded || events.missing > 0;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      events.close();
      revocations.close();
    },
  };
}

function parse(payload: string): ChatAccessPubSub | undefined {
  try {
    return ChatAccessPubSub.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

// Logins that have ended while their access tokens have not: heard of at once, and asked for now and then, since an event may
// be lost. It does not know the bus.
import { ChatAccessPubSub, outboxPageMax, Refusal, RevocationsPage, type Identity } from "@parley/contracts";
import { createInternalCall } from "@parley/service";

export interface Revocations {
  isRevoked(sid: string): boolean;
  /** Whether all there are have been read: before, nobody can be let in. */
  readonly isLoaded: boolean;
  /** Asks now, as after a time without the bus. Never rejects. */
  check(): Promise<void>;
  close(): void;
}

export interface RevocationsOptions {
  /** The page of chat-auth's behind a `seq`. */
  fetchPage: (after: number) => Promise<RevocationsPage>;
  /** Calls back for every payload on `chat-access`. */
  listen: (heard: (payload: string) => void) => Promise<unknown>;
  /** Told of each login as it becomes known to have ended. */
  onRevoked?: (sid: string) => void;
  /** Told when questions begin to fail, once until one is answered again: they are repeated. */
  onFault: (error: unknown) => void;
  now: () => number;
  /** How often it is asked. A lost event may leave a door open for so long. */
  checkMs?: number;
}

const checkMsDefault = 20_000;
/** While nothing was read yet. */
const firstRetryMs = 1_000;
/** How long a login is remembered that was only heard of: the longest that an access token may be good for. */
const heardMs = 86_400_000;

/** The pages of chat-auth's. Without a chat-auth there is nothing in them: logins end elsewhere, and their tokens run out. */
export function createRevocationPages(
  authUrl: string | undefined,
  serviceToken: string,
): RevocationsOptions["fetchPage"] {
  if (authUrl === undefined) return async () => ({ revocations: [], position: 0 });
  const call = createInternalCall(authUrl, serviceToken, "chat-auth");
  return (after) => call(`/internal/revocations?after=${after}`, RevocationsPage);
}

/** Resolves once it listens and has asked once. */
export async function watchRevocations(options: RevocationsOptions): Promise<Revocations> {
  const { fetchPage, listen, onRevoked = () => {}, onFault, now, checkMs = checkMsDefault } = options;
  /** By `sid`, until when, by `now`. */
  const ended = new Map<string, number>();
  let position = 0;
  let isLoaded = false;
  let isClosed = false;
  let isAway = false;
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;

  function remember(sid: string, relevantMs: number) {
    const isNew = !ended.has(sid);
    ended.set(sid, now() + relevantMs);
    if (isNew) onRevoked(sid);
  }

  function forget() {
    for (const [sid, until] of ended) if (until < now()) ended.delete(sid);
  }

  async function readAll() {
    for (;;) {
      const page = await fetchPage(position);
      for (const { sid, relevantMs } of page.revocations) remember(sid, relevantMs);
      // A position before ours: chat-auth's database was restored.
      if (page.position < position) {
        position = 0;
        continue;
      }
      position = page.revocations.at(-1)?.seq ?? page.position;
      if (page.revocations.length < outboxPageMax) return;
    }
  }

  async function check() {
    clearTimeout(timer);
    try {
      await readAll();
      isLoaded = true;
      isAway = false;
      forget();
    } catch (error) {
      if (!isAway) onFault(error);
      isAway = true;
    }
    checking = undefined;
    if (!isClosed) timer = setTimeout(() => void checkOnce(), isLoaded ? checkMs : firstRetryMs);
  }

  const checkOnce = () => (checking ??= check());

  await listen((payload) => {
    for (const sid of parseSids(payload)) remember(sid, heardMs);
  });
  await checkOnce();
  return {
    isRevoked: (sid) => ended.has(sid),
    get isLoaded() {
      return isLoaded;
    },
    check: checkOnce,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function parseSids(payload: string): string[] {
  try {
    return ChatAccessPubSub.parse(JSON.parse(payload)).sids ?? [];
  } catch {
    return [];
  }
}

/** @throws Refusal UNAUTHENTICATED if the login has ended, UNAVAILABLE as long as that cannot be told */
export function requireLogin(revocations: Revocations, { sid }: Identity): void {
  if (!revocations.isLoaded) throw new Refusal("UNAVAILABLE", "it is not known yet which logins have ended");
  if (revocations.isRevoked(sid)) throw new Refusal("UNAUTHENTICATED", "the login has ended");
}

/** Lets a verified token pass, unless its login has ended. @throws what requireLogin throws */
export function refuseRevoked(
  verify: (token: string) => Promise<Identity>,
  revocations: Revocations,
): (token: string) => Promise<Identity> {
  return async (token) => {
    const identity = await verify(token);
    requireLogin(revocations, identity);
    return identity;
  };
}

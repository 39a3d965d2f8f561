// Which sessions speak for which login (`sid`), and for how long: a login that has ended takes its sessions with it, and a
// token that runs out is renewed in time, or its session ends. It knows no rooms.
import { Refusal, type Identity } from "@parley/contracts";
import type { Session } from "@parley/stomp";
import type { Principal } from "./broker.ts";
import { tellRejected } from "./rejections.ts";

export interface Logins {
  /** The session speaks for this login from now on: by CONNECT, or by `/app/auth`. */
  enter(session: Session<Principal>, identity: Identity): void;
  leave(session: Session<Principal>): void;
  /** Whom it speaks for, as long as its token lasts. @throws Refusal TOKEN_EXPIRED, UNAUTHENTICATED */
  identityOf(session: Session<Principal>): Identity;
  /** Ends all sessions of the login. */
  end(sid: string): void;
  /** Tells of tokens that are about to run out, and ends the sessions of those that did. To be called about once a second. */
  tick(): void;
}

export interface LoginLimits {
  /** How long before its end a token's session is told, in milliseconds. */
  tokenNoticeMs: number;
  /** How long after it the session may stay, in milliseconds. */
  tokenGraceMs: number;
}

interface Entry {
  identity: Identity;
  /** By a clock that never steps: the wall clock is looked at once. */
  expiresAtMs: number;
  isTold: boolean;
}

/** Hosts' clocks may differ by so much, in milliseconds. */
const leewayMs = 5_000;

/** @param now of a clock that never steps, in milliseconds */
export function createLogins({ tokenNoticeMs, tokenGraceMs }: LoginLimits, now: () => number): Logins {
  const entries = new Map<Session<Principal>, Entry>();
  const bySid = new Map<string, Set<Session<Principal>>>();

  function leave(session: Session<Principal>) {
    const sid = entries.get(session)?.identity.sid;
    if (sid === undefined) return;
    entries.delete(session);
    const others = bySid.get(sid);
    others?.delete(session);
    if (others?.size === 0) bySid.delete(sid);
  }

  function look(session: Session<Principal>, entry: Entry) {
    const leftMs = entry.expiresAtMs - now();
    if (leftMs <= -tokenGraceMs) return session.end(new Refusal("TOKEN_EXPIRED", "no new token in time"));
    if (leftMs > tokenNoticeMs || entry.isTold) return;
    entry.isTold = true;
    const expiresInMs = Math.max(0, Math.round(leftMs));
    tellRejected(session, new Refusal("TOKEN_EXPIRED", "soon"), { expiresInMs });
  }

  return {
    enter(session, identity) {
      leave(session);
      const expiresAtMs = now() + identity.expiresAt * 1_000 - Date.now();
      entries.set(session, { identity, expiresAtMs, isTold: false });
      const sessions = bySid.get(identity.sid) ?? new Set();
      bySid.set(identity.sid, sessions.add(session));
    },
    leave,
    identityOf(session) {
      const entry = entries.get(session);
      if (!entry) throw new Refusal("UNAUTHENTICATED", "not connected");
      if (now() > entry.expiresAtMs + leewayMs) throw new Refusal("TOKEN_EXPIRED", "expired");
      return entry.identity;
    },
    end(sid) {
      for (const session of bySid.get(sid) ?? []) session.end(new Refusal("UNAUTHENTICATED", "the login has ended"));
    },
    tick() {
      for (const [session, entry] of entries) look(session, entry);
    },
  };
}

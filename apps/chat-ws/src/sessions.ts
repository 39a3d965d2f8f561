// All STOMP sessions of this instance, whatever carries them: how they begin, are kept alive, and leave when it stops.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "@parley/contracts";
import { Session, type Broker, type HeartBeatOffer, type Limits } from "@parley/stomp";
import { createConnection, type Connection, type OutboxLimits, type Wire } from "./connection.ts";

/** What the sessions behind one door are like. */
export interface SessionKind<P> {
  broker: Broker<P>;
  limits: Limits;
  outbox: OutboxLimits;
  heartBeat: HeartBeatOffer;
}

export interface Sessions {
  readonly size: number;
  /** @param address of the client */
  open<P>(wire: Wire, address: string, kind: SessionKind<P>): void;
  /** Heart-beats and deadlines of all sessions. To be called about every tickMs of the engine. */
  tick(nowMs: number): void;
  /**
   * Sends every client away with RESTART once its messages are answered, spread over a time so that they do not all come
   * back at once. Until its turn a client is served as ever.
   */
  close(spreadMs: number): Promise<void>;
}

/** How long messages that await their answer are waited for, and then clients that do not answer the close handshake. */
const answersMs = 8_000;
const goodbyeMs = 1_500;

/**
 * @param software `name/version` for CONNECTED
 * @param isStopping whether new sessions are sent away at once
 */
export function createSessions(software: string, isStopping: () => boolean): Sessions {
  const connections = new Set<Connection>();

  async function waitUntilEmpty(withinMs: number) {
    for (const until = performance.now() + withinMs; connections.size > 0 && performance.now() < until;)
      await sleep(10);
  }

  return {
    get size() {
      return connections.size;
    },
    open(wire, address, { outbox, ...kind }) {
      const connection = createConnection({
        wire,
        address,
        frameMs: kind.limits.frameMs,
        ...outbox,
        createSession: (transport) =>
          new Session({
            ...kind,
            transport,
            server: software,
            sessionId: randomUUID(),
            now: () => performance.now(),
          }),
        ended: () => connections.delete(connection),
      });
      connections.add(connection);
      if (isStopping()) connection.end(new Refusal("RESTART", "stopping"));
    },
    tick(nowMs) {
      for (const connection of connections) connection.tick(nowMs);
    },
    async close(spreadMs) {
      const leaving = [...connections];
      const started = performance.now();
      for (const [index, connection] of leaving.entries()) {
        const wait = started + (spreadMs * index) / leaving.length - performance.now();
        if (wait > 1) await sleep(wait);
        connection.retire(new Refusal("RESTART", "stopping"));
      }
      await waitUntilEmpty(answersMs);
      for (const connection of connections) connection.end(new Refusal("RESTART", "stopping"));
      await waitUntilEmpty(goodbyeMs);
      for (const connection of connections) connection.terminate();
    },
  };
}

// A tiny broker in memory: `/topic/…` for everybody, other destinations for how work may come out.
import { Refusal } from "@parley/contracts";
import {
  userHeaders,
  type Broker,
  type Destination,
  type Effect,
  type Frame,
  type Outcome,
  type Session,
  type Subscription,
} from "../src/index.ts";

type Gate = PromiseWithResolvers<void>;

export class TestBroker implements Broker<string> {
  /** All that happened, in order. */
  readonly events: string[] = [];
  /** Whether refusals are told outside of ERROR. */
  tells = false;
  readonly #gates = new Map<string, Gate>();
  readonly #subscribers = new Set<Subscription<string>>();
  #messages = 0;

  /** What `/check/…`, `/settle/…`, `/wait/…`, `/replay/…` and `login:gate` wait for. */
  gate(name: string): Gate {
    const gate = this.#gates.get(name) ?? Promise.withResolvers<void>();
    this.#gates.set(name, gate);
    return gate;
  }

  connect(headers: ReadonlyMap<string, string>): string | Promise<string> {
    const login = headers.get("login") ?? "nobody";
    if (headers.get("passcode") === "wrong") throw new Refusal("UNAUTHENTICATED", "wrong passcode");
    return login === "gate" ? this.gate("login").promise.then(() => login) : login;
  }

  connectedHeaders(principal: string): Record<string, string> {
    return { "user-name": principal };
  }

  destination(name: string): Destination<string> | undefined {
    const kind = name.split("/")[1];
    if (kind === "topic") return this.#topic;
    if (kind === "send-only") return { send: this.#topic.send };
    if (kind === "check") return { send: (_, frame) => this.gate(name).promise.then(() => this.#note(frame)) };
    if (kind === "settle") return { send: (_, frame) => this.#note(frame, { settled: this.gate(name).promise }) };
    if (kind === "throw") return { send: (_, frame) => () => this.#throw(frame) };
    if (kind === "refuse") return { send: () => this.#refuse(), subscribe: () => this.#refuse() };
    if (kind === "bug") return { send: () => this.#bug() };
    if (kind === "wait") return this.#late(() => this.gate(name).promise);
    if (kind === "replay") return this.#late(() => ({ settled: this.gate(name).promise }));
    return undefined;
  }

  refused(_: Session<string>, { code }: Refusal, { command, headers }: Frame): boolean {
    this.events.push(`refused ${command} ${headers.get("receipt") ?? "-"} ${code}`);
    return this.tells;
  }

  faulted(_: Session<string>, { code }: Refusal): void {
    this.events.push(`faulted ${code}`);
  }

  closed({ principal }: Session<string>): void {
    this.events.push(`closed ${principal}`);
  }

  readonly #topic = {
    subscribe: (_: Session<string>, subscription: Subscription<string>) => {
      this.#subscribers.add(subscription);
      this.events.push(`subscribe ${subscription.id ?? "-"}`);
    },
    unsubscribe: (_: Session<string>, subscription: Subscription<string>) => {
      this.#subscribers.delete(subscription);
      this.events.push(`unsubscribe ${subscription.id ?? "-"}`);
    },
    send: (_: Session<string>, frame: Frame): Effect => this.#note(frame),
    acknowledged: (_: Session<string>, { id }: Subscription<string>, messageIds: string[], positive: boolean) =>
      void this.events.push(`${positive ? "ack" : "nack"} ${id ?? "-"} ${messageIds.join(",")}`),
  };

  /** Notes the check now and the effect later: a MESSAGE to all subscribers of the destination. */
  #note(frame: Frame, outcome?: Outcome): Effect {
    this.events.push(`check ${String(frame.body)}`);
    return () => {
      this.events.push(`effect ${String(frame.body)}`);
      this.#deliver(frame);
      return outcome;
    };
  }

  #deliver(frame: Frame): void {
    const messageId = `m${++this.#messages}`;
    for (const subscription of this.#subscribers) {
      if (subscription.destination !== frame.headers.get("destination")) continue;
      subscription.session.message(subscription, {
        messageId,
        contentType: frame.headers.get("content-type"),
        body: frame.body,
        headers: userHeaders(frame),
      });
    }
  }

  #late(subscribe: () => Outcome | Promise<Outcome>): Destination<string> {
    return {
      subscribe: (_, { id }) => {
        this.events.push(`subscribe ${id ?? "-"}`);
        return subscribe();
      },
      unsubscribe: (_, { id }) => void this.events.push(`unsubscribe ${id ?? "-"}`),
    };
  }

  #throw(frame: Frame): never {
    this.events.push(`throw ${String(frame.body)}`);
    return this.#refuse();
  }

  #refuse(): never {
    throw new Refusal("INVALID", "a private detail");
  }

  #bug(): never {
    throw new TypeError("a private stack");
  }
}

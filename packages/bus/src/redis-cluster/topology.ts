// Knows at any time which node has which slot, and says when that has changed. It must not know what the slots are for.
import { setTimeout as delay } from "node:timers/promises";
import type { Report } from "../redis-connection.ts";
import { urlAt } from "../redis-url.ts";
import { askNodes, askStrangers, type Node } from "./ask-nodes.ts";
import { combineViews, type SlotMap, type SlotOwner } from "./slot-map.ts";

/** How often nodes are asked, in milliseconds: while all is well, while something is not, and at most. */
const askMs = { well: 1_000, troubled: 200, hurried: 100 };
/** How many nodes are asked at once: most of them have heard what happened. */
const askedMax = 3;

export interface Topology {
  /** Undefined for a slot that no node has. */
  ownerOf(slot: number): SlotOwner | undefined;
  /** All who have slots. */
  owners(): SlotOwner[];
  /** Why it is not known: no node has answered when it was asked latest. */
  fault(): string | undefined;
  /** Resolves with the first answer, or after `waitMs` without one; goes on until it is closed. */
  start(waitMs: number): Promise<void>;
  /** Asks soon: something says that a slot is no longer where it was. */
  hurry(): void;
  close(): void;
}

export interface TopologyParts {
  /** Asked while there is nobody else. */
  urls: [string, ...string[]];
  clientName: string;
  /** The nodes to which there is a connection. */
  nodes: () => Node[];
  report: Report;
  /** Called after every answer. */
  onAnswer: () => void;
  /** Whether to ask again before long. */
  isTroubled: () => boolean;
}

export function createTopology(parts: TopologyParts): Topology {
  const { urls, clientName, nodes, report, onAnswer, isTroubled } = parts;
  let map: SlotMap | undefined;
  let fault: string | undefined;
  /** Aborted with the first answer. */
  const answered = new AbortController();
  let turn = 0;
  let timer: NodeJS.Timeout | undefined;
  let isAsking = false;
  let isHurried = false;
  let closed = false;

  /** Others each time, so that one that hangs or errs does not last. */
  function some<Item>(items: Item[]): Item[] {
    const first = items.length === 0 ? 0 : turn % items.length;
    return [...items.slice(first), ...items.slice(0, first)].slice(0, askedMax);
  }

  function strangers(): string[] {
    const known = map?.addresses.map((address) => urlAt(urls[0], address)) ?? [];
    return [...new Set([...urls, ...known])];
  }

  async function ask() {
    turn += askedMax;
    const views = await askNodes(some(nodes())).catch((error: unknown) => {
      if (closed) throw error;
      return askStrangers(some(strangers()), clientName);
    });
    if (closed) return;
    map = combineViews(views, map);
    fault = undefined;
    onAnswer();
    answered.abort();
  }

  function fail(error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    fault = `No node of the Redis Cluster tells who has which slot (${reason})`;
    if (!closed) report(new Error(fault));
  }

  async function askAndGoOn() {
    isAsking = true;
    isHurried = false;
    await ask().catch(fail);
    isAsking = false;
    if (closed) return;
    const isWell = fault === undefined && !isTroubled();
    timer = setTimeout(askAndGoOn, isHurried ? askMs.hurried : isWell ? askMs.well : askMs.troubled);
  }

  return {
    ownerOf: (slot) => map?.ownerOf(slot),
    owners: () => map?.owners ?? [],
    fault: () => fault,
    async start(waitMs) {
      void askAndGoOn();
      await delay(waitMs, undefined, { signal: answered.signal }).catch(() => undefined);
    },
    hurry() {
      if (isHurried || closed) return;
      isHurried = true;
      if (isAsking) return;
      clearTimeout(timer);
      timer = setTimeout(askAndGoOn, askMs.hurried);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

// Which node has which slots, from what several nodes say of it. It must not know how they were asked.
import { addressOf, type Address } from "../redis-url.ts";
import { slotCount } from "./slots.ts";

/** A master, at an address: at another one it counts as another. */
export interface SlotOwner extends Address {
  id: string;
  /** The same for the same node at the same address. */
  key: string;
}

/** What one node says. */
export interface ClusterView {
  claims: Claim[];
  /** All nodes it names, also those without slots. */
  addresses: Address[];
}

interface Claim {
  owner: SlotOwner;
  /** Of two owners of a slot the one with the greater epoch has it: that is the rule of Redis Cluster itself. */
  epoch: number;
  ranges: [first: number, last: number][];
}

export interface SlotMap {
  ownerOf(slot: number): SlotOwner | undefined;
  /** Those who have slots. */
  owners: SlotOwner[];
  addresses: Address[];
}

/** [first slot, last slot, [host, port, id, …] of the master, those of its replicas …] */
type SlotsEntry = [number, number, ...[host: string | null, port: number, id: string][]];

/**
 * @param nodes the answer to CLUSTER NODES: who has what, and since when
 * @param slots the answer to CLUSTER SLOTS: how clients are to reach them
 * @param asked the node that answered: what it does not name is at its own host
 */
export function parseView(nodes: string, slots: unknown, asked: string): ClusterView {
  const { host: askedHost } = addressOf(asked);
  const forClients = new Map<string, Address>();
  for (const [, , ...entries] of slots as SlotsEntry[]) {
    for (const [host, port, id] of entries) {
      if (host !== "?") forClients.set(id, { host: host || askedHost, port });
    }
  }

  const view: ClusterView = { claims: [], addresses: [] };
  for (const line of nodes.split("\n")) {
    const [id, between = "", flags = "", , , , epoch, , ...held] = line.trim().split(" ");
    const [, ip = "", port] = /^(.*):(\d+)@/.exec(between) ?? [];
    if (!id || port === undefined || /\b(noaddr|handshake)\b/.test(flags)) continue;
    const address = forClients.get(id) ?? { host: ip || askedHost, port: Number(port) };
    view.addresses.push(address);
    const ranges = held.flatMap(parseRange);
    if (ranges.length === 0) continue;
    const owner = { ...address, id, key: `${id} ${address.host}:${address.port}` };
    view.claims.push({ owner, epoch: Number(epoch), ranges });
  }
  return view;
}

/** `7`, `7-9`; `[7->-id]` and `[7-<-id]` are on their way and count where they are. */
function parseRange(text: string): [number, number][] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return first === undefined ? [] : [[Number(first), Number(last)]];
}

/** @param before the latest map: of several addresses that are told of one node, the one it had is kept */
export function combineViews(views: ClusterView[], before?: SlotMap): SlotMap {
  const claims = views.flatMap((view) => view.claims);
  const told = new Map(claims.map(({ owner }) => [owner.key, owner]));
  const byId = new Map(claims.map(({ owner }) => [owner.id, owner]));
  for (const { id, key } of before?.owners ?? []) if (told.has(key)) byId.set(id, told.get(key)!);

  const bySlot: (Claim | undefined)[] = Array.from({ length: slotCount });
  for (const claim of claims) {
    for (const [first, last] of claim.ranges) {
      for (let slot = first; slot <= last; slot++) {
        if (claim.epoch > (bySlot[slot]?.epoch ?? -1)) bySlot[slot] = claim;
      }
    }
  }
  const ids = new Set([...new Set(bySlot)].flatMap((claim) => (claim ? [claim.owner.id] : [])));
  const addresses = new Map(views.flatMap((view) => view.addresses).map((one) => [`${one.host}:${one.port}`, one]));
  return {
    ownerOf: (slot) => byId.get(bySlot[slot]?.owner.id ?? ""),
    owners: [...ids].map((id) => byId.get(id)!),
    addresses: [...addresses.values()],
  };
}

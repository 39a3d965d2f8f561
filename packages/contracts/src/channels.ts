// The names on the bus and how rooms spread over partitions (contracts §2).

const utf8 = new TextEncoder();

/** The names of one partition: topics, the log and the log of what could not be stored. */
export interface Channels {
  message: string;
  log: string;
  timestamp: string;
  update: string;
  rejected: string;
  user: string;
  access: string;
  dead: string;
}

/**
 * With one partition the plain names; with more they end in `:{n}`, the braces being a Redis Cluster hash tag
 * that keeps a partition's keys and channels in one slot.
 */
export function channelsOf(partition: number, partitions: number): Channels {
  const end = partitions === 1 ? "" : `:{${partition}}`;
  return {
    message: `chat-message${end}`,
    log: `chat-message:log${end}`,
    timestamp: `chat-timestamp${end}`,
    update: `chat-update${end}`,
    rejected: `chat-rejected${end}`,
    user: `chat-user${end}`,
    access: `chat-access${end}`,
    dead: `chat-message:dead${end}`,
  };
}

/** All partitions, and which of them a key belongs to. */
export interface Partitioning {
  readonly all: readonly Channels[];
  /** @param key a roomId, or for what concerns an account its id */
  of(key: string): Channels;
}

export function createPartitioning(partitions: number): Partitioning {
  const all = Array.from({ length: partitions }, (_, partition) => channelsOf(partition, partitions));
  return { all, of: (key) => all[partitionOf(key, partitions)]! };
}

/** Where all processes keep the number of partitions they agree on. */
export const partitionsKey = "chat-partitions";

/** What older services beside ours publish on and listen to, whatever the number of partitions. */
export const plainChannels = channelsOf(0, 1);

/** Under which an adopted foreign message is remembered; in the slot of its log. */
export function adoptKeyOf(roomId: string, sender: string, tempId: string, partitions: number): string {
  const tag = partitions === 1 ? "" : `{${partitionOf(roomId, partitions)}}:`;
  return `adopt:${tag}${roomId}:${sender}:${tempId}`;
}

/** Between gateways, one for all partitions: what accounts spent of their send rate. */
export const ratesTopic = "chat-rates";

/** FNV-1a, 32 bit, over the UTF-8 octets, modulo the number of partitions. */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (const octet of utf8.encode(key)) hash = Math.imul(hash ^ octet, 0x01000193);
  return (hash >>> 0) % partitions;
}

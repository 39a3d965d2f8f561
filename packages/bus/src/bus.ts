// The bus port: a log per partition, and live topics. It knows topics, keys and strings, nothing of chat.

/**
 * What every adapter promises; conformance.ts tests each line.
 *
 * - Order: what one process appends and publishes, over all logs and topics of a partition, is seen by every
 *   listener in the order of the calls. All listeners of a topic see the same order. Only what a broker had before it when
 *   it hung may be heard late, out of its order, when it goes on.
 * - Log: an appended entry stays, in the order of appending, until it is removed. It is published on the log's topic
 *   in the same atomic step: nobody can see the one without the other.
 * - Duplicates: a new reader reads the log again from its beginning, so it must recognise what has been finished.
 *   One reader is not given an entry twice before it removes it; after a fault it may be given a removed one again.
 *   After an append that failed with IN_DOUBT the entry may or may not be in the log; it is never sent again by itself.
 *   `appendOnce` appends once per key, whoever calls: its caller may repeat it, also after IN_DOUBT.
 * - Loss: topics are live only. What is published while a listener's connection is away is lost to it; it is told by
 *   `onGap` once its subscriptions stand again, and must then read what it missed elsewhere. Between the loss and
 *   `onGap` nothing is delivered. Where parts of a bus fail by themselves, this holds for each. What leaves a log by other
 *   hands than a reader's is counted by `lost`.
 * - Asynchrony: no listener is called before the publishing call has returned, and none while another is running.
 * - Back-pressure: an append beyond `logEntriesMax` or `logBytesMax`, or one that the broker has no room for, is refused
 *   with BACKLOG_FULL and not published. Octets are counted as the broker keeps them, and may be counted a second late.
 *   While the broker is away every call fails with UNREACHABLE at once, or with IN_DOUBT within `commandMs`; nothing is
 *   queued for later.
 */
export interface Bus {
  /** Whether a name must carry a hash tag, as in `log:{3}`, where it has a place: what one call names shares a tag. */
  readonly needsPartitions: boolean;
  /** Appends and publishes in one atomic step. Calls of one turn of the event loop share a round trip. */
  append(log: Log, key: string, payload: string): Promise<void>;
  /**
   * Appends, and publishes if the log has a topic, in one atomic step, unless that was done under this key within
   * `rememberMs`. Answers whether it did. What was refused is not remembered.
   */
  appendOnce(log: Log, once: Once, payload: string): Promise<boolean>;
  /** Publishes on a live topic. Calls of one turn of the event loop share a round trip. */
  publish(topic: string, key: string, payload: string): Promise<void>;
  /** Resolves once the subscription stands: all that is published later is heard. Resolves to its end. */
  subscribe(topic: string, listener: Listener): Promise<Unsubscribe>;
  /** Reads a log from its beginning, with a connection of its own. Close it when done. */
  read(log: Log): LogReader;
  /** Keeps the value under this name for good, unless one is kept already. Answers with the one kept, the same for all. */
  agree(name: string, value: string): Promise<string>;
  /** Octets in a log, for a gauge: as last counted, 0 before the first time. From now on they are counted. */
  logBytes(log: Log): number;
  /** Called after a time without connection, when all subscriptions lost stand again: events may have been missed. */
  onGap(listener: GapListener): void;
  /**
   * Why the bus cannot be used now, in words for an operator, or undefined when it can: for the log or topic of this
   * name if one is given, otherwise for any part of it.
   */
  fault(name?: string): string | undefined;
  /** Sends what was called for, then ends all subscriptions and readers. Later calls fail with UNREACHABLE. */
  close(): Promise<void>;
}

/** A log and the topic on which its entries are published (none: appended in silence). */
export interface Log {
  name: string;
  topic?: string | undefined;
}

/** What an append is known by to all processes, and for how long, in milliseconds. */
export interface Once {
  key: string;
  rememberMs: number;
}

/** Must not throw; it is called in order and should be quick. */
export type Listener = (payload: string) => void;
export type Unsubscribe = () => Promise<void>;

/** @param concerns whether what was published on this topic may have been missed: a bus of parts may lose one of them */
export type GapListener = (concerns: (topic: string) => boolean) => void;

/** One call of `next` at a time. */
export interface LogReader {
  /**
   * The entries behind the last ones given, at least one unless `waitMs` passes. Rejects with UNREACHABLE, and takes
   * its time over it (up to `waitMs` or `commandMs`), so that a loop around it does not spin.
   */
  next(entriesMax: number, waitMs: number): Promise<LogEntry[]>;
  /** Removes finished entries; unknown ids are ignored. */
  remove(ids: string[]): Promise<void>;
  /**
   * How many entries have disappeared from the log since this process opened its first reader, without having been removed
   * by a reader, of whichever process: an alarm. Of a log that has gone as a whole, what it held at the previous call counts.
   * Rejects with UNREACHABLE.
   */
  lost(): Promise<number>;
  close(): Promise<void>;
}

/** `payload` is undefined if the entry in the log is not one that `append` made. */
export interface LogEntry {
  id: string;
  payload: string | undefined;
}

export interface BusLimits {
  /** Entries that a log may hold before appends are refused. */
  logEntriesMax: number;
  /** Octets that a log may hold before appends are refused. */
  logBytesMax: number;
  /** How long a command may take, in milliseconds. */
  commandMs: number;
}

export const busLimits: BusLimits = { logEntriesMax: 500_000, logBytesMax: 268_435_456, commandMs: 3_000 };

/** IN_DOUBT: it left and no answer came, so that it may have been carried out. With the others nothing has happened. */
export class BusFault extends Error {
  override readonly name = "BusFault";
  readonly code: "BACKLOG_FULL" | "UNREACHABLE" | "IN_DOUBT";

  /** @param detail for our logs: never a payload. */
  constructor(code: BusFault["code"], detail: string) {
    super(detail);
    this.code = code;
  }
}

// What happened in a run, as plain data: what clients sent and when, what they were given, what readers of history saw.
// All times are milliseconds of this process's monotonic clock.

/** One time that a message was sent. */
export interface Attempt {
  connection: number;
  /** Its place among the SENDs of the connection. */
  frame: number;
  atMs: number;
  /** When RECEIPT or refusal came, and which: `RECEIPT` or a code. */
  answeredMs?: number;
  answer?: string;
}

export interface SentMessage {
  tempId: string;
  roomId: string;
  sender: string;
  content: string;
  client: number;
  attempts: Attempt[];
  receiptMs?: number;
  /** The code of a refusal that no repetition helps against. */
  refusedForGood?: string;
}

export interface Connection {
  number: number;
  client: number;
  /** For whom, and of which login its token was (`sid`). */
  accountId: string;
  sid: string;
  gateway: string;
  startedMs: number;
  connectedMs?: number;
  closedMs?: number;
  /** WebSocket close code. */
  closeCode?: number;
  /** What the server's ERROR said, or why it could not be opened. */
  error?: string;
  /** We closed it on purpose, or the fault keeps answers from it: it says nothing about the server. */
  isOurs?: boolean;
}

/** What a subscription was given. */
export type Given =
  | { kind: "preview"; atMs: number; tempId: string; sender: string; content: string }
  | { kind: "withdrawal"; atMs: number; tempId: string; sender: string }
  | { kind: "short"; atMs: number; tempId: string; sender: string; id: string; seq: number; changeSeq: number }
  | {
      kind: "whole";
      atMs: number;
      tempId: string;
      sender: string;
      id: string;
      seq: number;
      changeSeq: number;
      content: string;
      deleted: boolean;
      edited: boolean;
    }
  | { kind: "resync"; atMs: number; seq: number };

/** One subscription of one connection. */
export interface Life {
  client: number;
  connection: number;
  roomId: string;
  /** The seq it asked to be resumed behind. */
  after?: number;
  sentMs: number;
  /** When the RECEIPT of the SUBSCRIBE came. */
  standsMs?: number;
  given: Given[];
  /** Whether it stood to the end of the run. */
  isOpen: boolean;
}

/** A GET right after a RECEIPT. */
export interface Probe {
  tempId: string;
  roomId: string;
  atMs: number;
  outcome: "found" | "missing" | "unanswered";
}

/** What one reader saw of a room, page after page forward. */
export interface Poll {
  roomId: string;
  seen: { seq: number; id: string }[];
}

/** A time in which somebody had no access, as far as answers to calls tell. */
export interface Exclusion {
  /** An account, from a room; or a login (`sid`), from all. */
  of: { accountId: string; roomId: string } | { sid: string };
  /** When the answer came that it was so. */
  fromMs: number;
  /** When it was asked to be undone. */
  untilMs?: number;
  /** For how long after `fromMs` something may still be given. */
  graceMs: number;
}

export interface Recording {
  sends: SentMessage[];
  connections: Connection[];
  lives: Life[];
  probes: Probe[];
  polls: Poll[];
  exclusions: Exclusion[];
}

/** A row of chat.message, and a room of chat.room. */
export interface MessageRow {
  id: string;
  roomId: string;
  seq: number;
  changeSeq: number;
  tempId: string;
  sender: string;
  createdMs: number;
}

export interface RoomRow {
  roomId: string;
  lastSeq: number;
}

/** What is there after the run: every room by pages, and the tables. */
export interface Ending {
  history: Map<string, HistoryMessage[]>;
  messages: MessageRow[];
  rooms: RoomRow[];
}

export interface HistoryMessage {
  id: string;
  tempId: string;
  sender: string;
  seq: number;
  changeSeq: number;
  content: string;
  deleted: boolean;
  editedAt: string | null;
}

export function createRecording(): Recording {
  return { sends: [], connections: [], lives: [], probes: [], polls: [], exclusions: [] };
}

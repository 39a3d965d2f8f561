// What an app sees of the SDK: the types of createChat. Types only.
import type { ErrorCode } from "@parley/contracts";
import type { IStompSocket } from "@stomp/stompjs";
import type { Observable } from "./observable.ts";
import type { Outbox } from "./outbox.ts";

export interface ChatOptions {
  /** Where the origin is: `https://chat.example`; "" in a browser is the page's own. */
  url: string;
  /**
   * A valid access token, asked for before every connection and HTTP call: refresh inside. A rejection with
   * `code: "UNAUTHENTICATED"` closes the chat; any other is tried again.
   */
  getToken(): Promise<string>;
  /** The signed-in account's id; its outbox is kept under this name. */
  accountId: string;
  /** What the own bubbles show until the server has confirmed them. */
  senderName: string;
  /** Where messages wait that are not stored yet. Default: IndexedDB where there is one, else memory. */
  outbox?: Outbox;
  /** Default: `new WebSocket(url, protocols)` on `/ws`. A SockJS object or `ws` can be given instead. */
  createWebSocket?: (url: string, protocols: string[]) => IStompSocket;
}

export interface Chat {
  /**
   * Opens a room: its newest messages, then what happens. The same object for the same id until it is closed.
   * @throws ChatError INVALID when no room can have this id
   */
  room(roomId: string): Room;
  readonly connection: Observable<ConnectionState>;
  /** Frames of the connection and tempIds that were swapped for ids; costs nothing while nobody listens. */
  onTrace(listener: (event: TraceEvent) => void): () => void;
  /** Ends the connection. What is not stored yet stays in the outbox. */
  close(): Promise<void>;
}

export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "connected"; readonly sessionId: string }
  /** `retryAt` in milliseconds since 1970; `code`: why the last connection ended, if the server said so. */
  | { readonly status: "waiting"; readonly retryAt: number; readonly code?: ErrorCode }
  | { readonly status: "closed"; readonly code?: ErrorCode };

export interface Room {
  readonly id: string;
  readonly state: Observable<RoomState>;
  /**
   * Shows the message at once and sends it until it is stored; returns its tempId.
   * @throws ChatError INVALID or TOO_LONG for content that no server would take
   */
  send(content: string): string;
  /** Sends a failed message again, under its tempId. */
  retry(tempId: string): void;
  /** Forgets a failed message. */
  discard(tempId: string): void;
  /** Loads one page further back; nothing happens while one is loading or there is no more. */
  loadOlder(): Promise<void>;
  close(): void;
}

export interface RoomState {
  /** Stored ones by `seq`, then the others in the order in which they were first shown. No two have the same key. */
  readonly messages: readonly RoomMessage[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** `refused`: the server does not let this account read the room; `code` says why. */
  readonly status: "opening" | "live" | "catching-up" | "refused";
  readonly code?: ErrorCode;
}

export interface RoomMessage {
  /** The same from the first preview to the stored message: (sender, tempId). */
  readonly key: string;
  /** The tempId until the message is stored. */
  readonly id: string;
  readonly tempId: string;
  readonly sender: string;
  readonly senderName: string;
  readonly content: string;
  /** Position in the room, ISO 8601 time of the commit and of the last edit; null until stored (until edited). */
  readonly seq: number | null;
  readonly createdAt: string | null;
  readonly editedAt: string | null;
  /** `pending`: on its way. `preview`: live, not stored yet. `failed`: refused for good, as `code` says. */
  readonly state: "pending" | "preview" | "stored" | "failed";
  readonly isMine: boolean;
  /** When this client first showed it, milliseconds since 1970. */
  readonly shownAt: number;
  readonly code?: ErrorCode;
}

export type TraceEvent = FrameTrace | SwapTrace;

/** One STOMP frame, `at` in milliseconds since 1970; tokens are left out. A heart-beat has the command "". */
export interface FrameTrace {
  readonly kind: "frame";
  readonly at: number;
  readonly direction: "in" | "out";
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A tempId gave way to the real id, `afterMs` after the message was first shown. */
export interface SwapTrace {
  readonly kind: "swap";
  readonly at: number;
  readonly roomId: string;
  readonly tempId: string;
  readonly id: string;
  readonly seq: number;
  readonly afterMs: number;
}

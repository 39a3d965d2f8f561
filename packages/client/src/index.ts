export type {
  Chat,
  ChatOptions,
  ConnectionState,
  FrameTrace,
  ListFrom,
  Room,
  RoomMessage,
  Rooms,
  RoomState,
  SwapTrace,
  TraceEvent,
} from "./api.ts";
export { createChat } from "./chat.ts";
export { ChatError } from "./chat-error.ts";
export { createSubject, type Observable, type Subject } from "./observable.ts";
export { createMemoryOutbox, type Outbox, type OutboxEntry } from "./outbox.ts";

// The part of stompit (which has no types of its own) that the tests use.
declare module "stompit" {
  import type { Duplex, Writable } from "node:stream";

  interface Message {
    readString(encoding: "utf8", callback: (error: Error | null, body?: string) => void): void;
  }

  interface StompitClient {
    on(event: "error", listener: (error: Error) => void): void;
    sendFrame(command: string, headers: Record<string, string>, options: { onReceipt: () => void }): Writable;
    send(headers: Record<string, string>, options: { onReceipt: () => void }): Writable;
    subscribe(headers: Record<string, string>, listener: (error: Error | null, message: Message) => void): void;
    disconnect(): void;
  }

  interface ConnectOptions {
    host: string;
    connectHeaders: Record<string, string>;
    connect(options: unknown, connected: () => void): Duplex;
  }

  function connect(options: ConnectOptions, listener: (error: Error | null, client: StompitClient) => void): void;
}

// Which requests belong to which SockJS session: whose it is, and which of its answers have not left. WebSockets, each
// a session of its own, are not here; what sessions say is not its business.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connection } from "sockjs";

interface SockjsSession {
  address: string | undefined;
  responses: Set<ServerResponse>;
  isOpen: boolean;
}

export class SockjsSessions {
  readonly #all = new Map<string, SockjsSession>();

  /**
   * Lets a request into the session of this id, which it may be about to open. False if the session is another
   * address's: whoever knows or guesses an id can else speak and read in its name (B-15).
   */
  enter(id: string, request: IncomingMessage, response: ServerResponse): boolean {
    const address = request.socket.remoteAddress;
    const session = this.#find(id, address);
    if (session.address !== address) return false;
    session.responses.add(response);
    response.once("close", () => {
      session.responses.delete(response);
      this.#forgetIfOver(id, session);
    });
    return true;
  }

  /** The library has opened a session. The answers of it that have not left, as they come and go. */
  opened(id: string, connection: Connection): ReadonlySet<ServerResponse> {
    const session = this.#find(id, connection.remoteAddress);
    session.isOpen = true;
    connection.on("close", () => {
      session.isOpen = false;
      this.#forgetIfOver(id, session);
    });
    return session.responses;
  }

  #find(id: string, address: string | undefined): SockjsSession {
    const session = this.#all.get(id) ?? { address, responses: new Set(), isOpen: false };
    this.#all.set(id, session);
    return session;
  }

  #forgetIfOver(id: string, session: SockjsSession): void {
    if (!session.isOpen && session.responses.size === 0) this.#all.delete(id);
  }
}

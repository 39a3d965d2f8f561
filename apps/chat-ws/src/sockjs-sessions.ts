// Which requests belong to which SockJS session: whose it is, and which of its answers have not left. WebSockets, each
// a session of its own, are not here; what sessions say is not its business.
import type { ServerResponse } from "node:http";
import type { Connection } from "sockjs";

interface SockjsSession {
  address: string;
  responses: Set<ServerResponse>;
  isOpen: boolean;
  /** It no longer counts as a connection. */
  leave: () => void;
}

const nobody = { address: "", responses: new Set<ServerResponse>() };

export class SockjsSessions {
  readonly #all = new Map<string, SockjsSession>();

  /**
   * Lets a request into the session of this id, which it may be about to open. False if the session is another
   * address's: whoever knows or guesses an id can else speak and read in its name (B-15).
   * @param admit is asked for a session that is not there. @throws what it throws
   */
  enter(id: string, address: string, response: ServerResponse, admit: () => () => void): boolean {
    let session = this.#all.get(id);
    if (session === undefined) {
      session = { address, responses: new Set(), isOpen: false, leave: admit() };
      this.#all.set(id, session);
    }
    if (session.address !== address) return false;
    const { responses } = session;
    responses.add(response);
    response.once("close", () => {
      responses.delete(response);
      this.#forgetIfOver(id);
    });
    return true;
  }

  /** The library has opened a session. Whose it is, and the answers of it that have not left, as they come and go. */
  opened(
    id: string,
    connection: Connection,
  ): Pick<SockjsSession, "address"> & { responses: ReadonlySet<ServerResponse> } {
    const session = this.#all.get(id);
    if (session === undefined) return nobody; // Its request is gone already.
    session.isOpen = true;
    connection.on("close", () => {
      session.isOpen = false;
      this.#forgetIfOver(id);
    });
    return session;
  }

  #forgetIfOver(id: string): void {
    const session = this.#all.get(id);
    if (session === undefined || session.isOpen || session.responses.size > 0) return;
    this.#all.delete(id);
    session.leave();
  }
}

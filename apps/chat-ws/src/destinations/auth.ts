// SEND /app/auth: a fresh access token of the same account for this open connection (contracts §1).
import { AuthSend, Refusal, type Identity } from "@parley/contracts";
import type { Verify } from "@parley/service";
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";
import { parseJsonBody } from "../json-body.ts";
import type { Logins } from "../logins.ts";

export interface AuthOptions {
  verify: Verify;
  logins: Logins;
  /** @throws Refusal UNAUTHENTICATED if the login has ended */
  requireLogin: (identity: Identity) => void;
}

export function createAuth({ verify, logins, requireLogin }: AuthOptions): Destination<Principal> {
  return {
    async send(session, frame) {
      const { token } = parseJsonBody(frame, AuthSend);
      const identity = await verify(token);
      if (identity.accountId !== session.principal?.accountId)
        throw new Refusal("FORBIDDEN", "another account's token");
      return () => {
        requireLogin(identity); // It may have ended since: in a transaction this comes later.
        if (session.state !== "ended") logins.enter(session, identity);
      };
    },
  };
}

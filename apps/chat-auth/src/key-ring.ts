// What signs and recognises our access tokens, as the keys change. It does not know why they do.
import { databaseFault } from "@parley/database";
import type { Log } from "@parley/service";
import { createSigner, createVerifier, publicJwks, type PublicKeys, type Signer, type Verifier } from "@parley/tokens";
import type { Database } from "./store/database.ts";
import { ensureSigningKey, readSigningKeys, type SigningKeys } from "./store/signing-keys.ts";

/** How often the keys are read: another instance may have added one. */
const reloadMs = 2_000;

export interface KeyRingOptions {
  issuer: string;
  audience: string;
  /** How long an access token is good for. */
  lifetimeSeconds: number;
}

export interface KeyRing extends Signer, Verifier {
  jwks(): PublicKeys;
  /** Reads the keys now, as after they were changed. */
  reload(): Promise<void>;
  close(): void;
}

export async function openKeyRing(db: Database, options: KeyRingOptions, log: Log): Promise<KeyRing> {
  const { issuer, audience, lifetimeSeconds } = options;
  await ensureSigningKey(db);
  let current = assemble(await readSigningKeys(db));

  function assemble(read: SigningKeys) {
    const jwks = publicJwks(read.keys);
    return {
      names: namesOf(read),
      jwks,
      signer: createSigner({ issuer, audience, lifetimeSeconds, key: read.signing }),
      verifier: createVerifier({ issuer, audience, keys: jwks }),
    };
  }

  async function reload(): Promise<void> {
    const read = await readSigningKeys(db);
    if (namesOf(read) !== current.names) current = assemble(read);
  }

  /** What there is goes on: who cannot read the keys can open no login either. */
  async function reloadAgain(): Promise<void> {
    await reload().catch((error: unknown) => log.debug({ err: databaseFault(error) }, "could not read the keys"));
    if (!isClosed) timer = setTimeout(reloadAgain, reloadMs);
  }

  let isClosed = false;
  let timer = setTimeout(reloadAgain, reloadMs);
  return {
    sign: (who) => current.signer.sign(who),
    verify: (token) => current.verifier.verify(token),
    jwks: () => current.jwks,
    reload,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function namesOf({ keys, signing }: SigningKeys): string {
  return [signing.kid, ...keys.map(({ kid }) => kid)].join(" ");
}

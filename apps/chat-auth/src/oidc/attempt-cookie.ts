// Keeps in the browser what must be the same when it comes back from a provider, unreadable and unchangeable for anybody.
import { hkdfSync } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import type { CookieOptions, Request, Response } from "express";
import { z } from "zod";

/** Of one sign-in that has begun. */
const Kept = z.object({
  /** The provider's name here. */
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page's path to go back to. */
  returnTo: z.string(),
});
type Kept = z.infer<typeof Kept>;

export interface AttemptCookie {
  set(response: Response, kept: Kept): Promise<void>;
  /** Undefined when there is none that we have set for this provider less than ten minutes ago. */
  read(request: Request, provider: string): Promise<Kept | undefined>;
  clear(response: Response): void;
}

const name = "oidc_attempt";
const lifetimeSeconds = 600;
const pattern = /(?:^|;[ \t]*)oidc_attempt=([A-Za-z0-9_.-]{1,4096})[ \t]*(?:;|$)/;

/**
 * Sent when a provider's page leads back here (SameSite=Lax), and by nothing else that another site does.
 * @param secret that all instances share
 * @param publicUrl where browsers find chat-auth
 */
export function createAttemptCookie(secret: string, publicUrl: string, secure: boolean): AttemptCookie {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", "parley oidc attempt", 32));
  const path = `${new URL(publicUrl).pathname.replace(/\/$/, "")}/oidc`;
  const options: CookieOptions = { path, secure, httpOnly: true, sameSite: "lax" };
  return {
    async set(response, kept) {
      const text = await new EncryptJWT(kept)
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime(`${lifetimeSeconds}s`)
        .encrypt(key);
      response.cookie(name, text, { ...options, maxAge: lifetimeSeconds * 1000 });
    },
    async read(request, provider) {
      const [, text] = pattern.exec(request.get("cookie") ?? "") ?? [];
      if (text === undefined) return undefined;
      const opened = await jwtDecrypt(text, key, {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      }).catch(() => undefined);
      const kept = Kept.safeParse(opened?.payload).data;
      return kept?.provider === provider ? kept : undefined;
    },
    clear: (response) => void response.clearCookie(name, options),
  };
}

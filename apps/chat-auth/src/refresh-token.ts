// Refresh tokens and the cookie they travel in. It does not know what they are good for.
import { createHash, randomBytes } from "node:crypto";
import type { CookieOptions, Request, Response } from "express";

const name = "refresh_token";
const tokenOctets = 32;

/** 256 random bits: as an octet string never kept, only its hash is. */
export function makeRefreshToken(): string {
  return randomBytes(tokenOctets).toString("base64url");
}

/** SHA-256; what is random needs no salt and no slow hash. */
export function hashRefreshToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The first refresh token among a request's cookies (RFC 6265 §5.4), or undefined when there is none of the right form. */
export function parseRefreshCookie(header: string | undefined): string | undefined {
  return /(?:^|;[ \t]*)refresh_token=([A-Za-z0-9_-]{43})[ \t]*(?:;|$)/.exec(header ?? "")?.[1];
}

export interface RefreshCookie {
  read(request: Request): string | undefined;
  set(response: Response, token: string): void;
  clear(response: Response): void;
}

export interface RefreshCookieOptions {
  path: string;
  secure: boolean;
  /** How long browsers keep it. */
  maxAgeSeconds: number;
}

/** Scripts cannot read the cookie, and other sites' pages cannot send it. */
export function createRefreshCookie({ path, secure, maxAgeSeconds }: RefreshCookieOptions): RefreshCookie {
  const options: CookieOptions = { path, secure, httpOnly: true, sameSite: "strict" };
  return {
    read: (request) => parseRefreshCookie(request.get("cookie")),
    set: (response, token) => void response.cookie(name, token, { ...options, maxAge: maxAgeSeconds * 1000 }),
    clear: (response) => void response.clearCookie(name, options),
  };
}

// POST /keys/rotate: operators have tokens signed by a new key, in time for everybody to learn of it, or at once.
import { KeyRotation, Refusal, type KeyRotationAnswer } from "@parley/contracts";
import { generateSigningKey } from "@parley/tokens";
import type { RequestHandler } from "express";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { record } from "../store/audit.ts";
import { addSigningKey, replaceSigningKeys } from "../store/signing-keys.ts";

/** @param leadSeconds how long a new key is published before it signs */
export function postRotate({ db, keys, addressOf }: Parts, leadSeconds: number): RequestHandler {
  return async (request, response) => {
    const { revoke } = parse(KeyRotation, request.body ?? {}, "key rotation");
    const key = await generateSigningKey();
    await db.transaction(async (tx) => {
      if (revoke) await replaceSigningKeys(tx, key);
      else if (!(await addSigningKey(tx, key, leadSeconds))) throw new Refusal("CONFLICT", "the last one is under way");
      await record(tx, { action: "key.rotated", address: addressOf(request), detail: revoke ? "revoked" : "in turn" });
    });
    await keys.reload();
    const answer: KeyRotationAnswer = { kid: key.kid, signsInSeconds: revoke ? 0 : leadSeconds };
    response.json(answer);
  };
}

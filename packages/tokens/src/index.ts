export * from "./keys.ts";
export * from "./open-verifier.ts";
export * from "./revocations.ts";
export * from "./sign.ts";
export { tokenIssuers, type TokenIssuer } from "./token-issuers.ts";
export * from "./verify.ts";

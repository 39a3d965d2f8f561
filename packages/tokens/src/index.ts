export { jwksUrlOf } from "./jwks.ts";
export * from "./keys.ts";
export * from "./revocations.ts";
export * from "./sign.ts";
export * from "./verify.ts";

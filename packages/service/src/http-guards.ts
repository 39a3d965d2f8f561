// What every HTTP request must be before a route sees it. It must not know the routes.
import { Refusal } from "@parley/contracts";
import type { RequestHandler } from "express";

/** Headers of a request; Node itself bounds their octets, and answers 431. Beyond: INVALID. */
export const requestHeadersMax = 100;
/** Longest path, in characters. */
const pathCharactersMax = 4_096;

/** Express and its body parser say what is wrong in the same way. */
class StatusFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const boundHead: RequestHandler = ({ rawHeaders, path }, _response, next) => {
  if (rawHeaders.length > 2 * requestHeadersMax) throw new Refusal("INVALID", "too many headers");
  if (path.length > pathCharactersMax) throw new StatusFault(414, "the path is too long");
  next();
};

/** Nothing we answer is kept by anybody (RFC 9111 §5.2.2.5), so nobody has what could be compared (RFC 9110 §13.1). */
export const ignoreConditions: RequestHandler = ({ headers }, _response, next) => {
  delete headers["if-none-match"];
  delete headers["if-modified-since"];
  next();
};

/** A body is JSON in UTF-8 (RFC 8259 §8.1) and says so: a form of another site's page cannot (Fetch §2.2.2). */
export const requireJson: RequestHandler = ({ headers }, _response, next) => {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (hasBody && !isJson(headers["content-type"] ?? "")) throw new StatusFault(415, "the body is not JSON in UTF-8");
  next();
};

function isJson(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  const charsets = parameters.map((parameter) => parameter.trim()).filter((text) => text.startsWith("charset="));
  return type.trim() === "application/json" && charsets.every((text) => /^charset="?utf-8"?$/.test(text));
}

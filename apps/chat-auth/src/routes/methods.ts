// GET /methods: how one may sign in here, for sign-in screens.
import type { SignInMethods } from "@parley/contracts";
import type { RequestHandler } from "express";

export function getMethods(methods: SignInMethods): RequestHandler {
  return (_request, response) => void response.json(methods);
}

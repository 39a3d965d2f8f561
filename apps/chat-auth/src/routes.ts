// All that outsiders may say to chat-auth (contracts §4).
import { requireAccount, requireOperator, requireOwnOrigin, requireService, type Log } from "@parley/service";
import type { Express } from "express";
import type { AuthConfig } from "./config.ts";
import { createOidcRoutes } from "./oidc/routes.ts";
import type { Parts } from "./parts.ts";
import { getAccount, getAccounts } from "./routes/accounts.ts";
import { deleteMe } from "./routes/delete-me.ts";
import { deleteDisabled, putDisabled } from "./routes/disabled.ts";
import { postGuest } from "./routes/guest.ts";
import { getAccountChanges, getAudit, getRevocations } from "./routes/internal.ts";
import { getJwks } from "./routes/jwks.ts";
import { postRotate } from "./routes/keys.ts";
import { postLogin } from "./routes/login.ts";
import { postLogoutAll } from "./routes/logout-all.ts";
import { postLogout } from "./routes/logout.ts";
import { getMe, patchMe } from "./routes/me.ts";
import { getMethods } from "./routes/methods.ts";
import { putPassword } from "./routes/password.ts";
import { postRefresh } from "./routes/refresh.ts";
import { postSignup } from "./routes/signup.ts";

export function createRoutes(config: AuthConfig, parts: Parts, log: Log): (app: Express) => void {
  const account = requireAccount(parts.verify);
  const operator = requireOperator(config.operatorToken);
  const ownOrigin = requireOwnOrigin(config.allowedOrigins);
  const addOidcRoutes = createOidcRoutes(config, parts, log);
  return (app) => {
    app.get("/.well-known/jwks.json", getJwks(parts));
    app.get(
      "/methods",
      getMethods({ password: true, guest: config.guests, oidc: config.oidcProviders.map(({ name }) => name) }),
    );
    addOidcRoutes(app);
    app.post("/signup", postSignup(parts));
    app.post("/guest", postGuest(parts, config.guests));
    app.post("/login", postLogin(parts));
    app.post("/refresh", ownOrigin, postRefresh(parts, log));
    app.post("/logout", ownOrigin, postLogout(parts));

    app.post("/logout-all", account, postLogoutAll(parts));
    app.get("/me", account, getMe(parts));
    app.patch("/me", account, patchMe(parts));
    app.delete("/me", account, deleteMe(parts));
    app.put("/me/password", account, putPassword(parts));
    app.get("/accounts", account, getAccounts(parts));
    app.get("/accounts/:id", account, getAccount(parts));

    app.put("/accounts/:id/disabled", operator, putDisabled(parts));
    app.delete("/accounts/:id/disabled", operator, deleteDisabled(parts));
    app.post("/keys/rotate", operator, postRotate(parts, config.keyLeadSeconds));

    app.use("/internal", requireService(config.serviceToken));
    app.get("/internal/revocations", getRevocations(parts));
    app.get("/internal/accounts/changes", getAccountChanges(parts));
    app.get("/internal/audit", getAudit(parts));
  };
}

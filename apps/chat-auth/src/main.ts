// chat-auth as a process of its own.
import { runService } from "@parley/service";
import { createChatAuth, variables } from "./service.ts";

await runService("chat-auth", variables, createChatAuth);

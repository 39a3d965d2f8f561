// Has access tokens signed by a new key, without refusing anybody; with --revoke at once, and whatever the old keys have
// signed is worth nothing. It asks the chat-auth at AUTH_URL, as an operator.
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { revoke: { type: "boolean", default: false } } });
const { AUTH_URL = "", OPERATOR_TOKEN = "" } = process.env;

interface Answer {
  kid?: string;
  signsInSeconds?: number;
  error?: { code: string };
}

async function rotate(): Promise<string> {
  if (!URL.canParse(AUTH_URL) || OPERATOR_TOKEN === "")
    throw new Error("AUTH_URL says where chat-auth is (http://localhost:8080/auth), OPERATOR_TOKEN is its secret.");
  const response = await fetch(`${AUTH_URL.replace(/\/$/, "")}/keys/rotate`, {
    method: "POST",
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(values),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (response.status === 409) throw new Error("The key before this one does not sign yet: try again later.");
  if (!response.ok) throw new Error(`chat-auth answered ${response.status} ${answer.error?.code ?? ""}.`);
  return answer.signsInSeconds === 0
    ? `Key ${answer.kid} signs now; no other is accepted.`
    : `Key ${answer.kid} is published, and signs in ${answer.signsInSeconds} s.`;
}

try {
  console.log(await rotate());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

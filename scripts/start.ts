// What `npm start` runs: builds what browsers load, unless that is done, then the one-command stack in this process.
import { runStep } from "./run-step.ts";

const { code, output } = await runStep([
  "turbo",
  "run",
  "bundle",
  "--output-logs=errors-only",
  "--log-prefix=none",
  "--ui=stream",
]);
if (code !== 0) console.error(`${output}\nThe web client could not be built; the services start without it.`);
await import("../apps/local/src/main.ts");

// Why a service does not start, for whoever operates it. It must not know which servers services need.

/** Of sysexits.h. After `UNAVAILABLE` a supervisor should try again; after `CONFIG` somebody must change something. */
const exitCodes = { UNAVAILABLE: 69, CONFIG: 78 } as const;

/** Its message is what people read: no stack, no secret. */
export class StartFault extends Error {
  override readonly name: string = "StartFault";
  readonly exitCode: number;

  constructor(kind: keyof typeof exitCodes, message: string) {
    super(message);
    this.exitCode = exitCodes[kind];
  }
}

/** A fault of the server that a variable's URL leads to: host and port are told, user and password are not. */
export function serverStartFault(kind: keyof typeof exitCodes, variable: string, url: string, fault: string) {
  return new StartFault(kind, `${variable} (${new URL(url).host}): ${fault}`);
}

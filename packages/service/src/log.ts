// Structured logs, one JSON line each. It must never be given tokens, passwords or message content.
import { pino, type DestinationStream, type Logger, type LoggerOptions } from "pino";

export type Log = Logger;

/** @param to where lines go; by default stdout */
export function createLog(service: string, level: string, to: DestinationStream = pino.destination(1)): Log {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "authorization",
        "*.authorization",
        "passcode",
        "*.passcode",
        "password",
        "*.password",
        "token",
        "*.token",
      ],
      censor: "[redacted]",
    },
  };
  return pino(options, to);
}

// STOMP frames as text, as cheap as they can be: good enough for what our server sends, no escapes matter here.

export interface ServerFrame {
  command: string;
  headers: string;
  body: string;
}

export function formatFrame(command: string, headers: Record<string, string | number>, body = ""): string {
  let lines = "";
  for (const name in headers) lines += `${name}:${headers[name]}\n`;
  return `${command}\n${lines}\n${body}\0`;
}

/** All frames of a WebSocket message; none of a heart-beat. */
export function parseFrames(text: string): ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (const part of text.split("\0")) {
    const end = part.indexOf("\n\n");
    if (end < 0) continue;
    const head = part.slice(0, end).trimStart();
    const line = head.indexOf("\n");
    frames.push({
      command: line < 0 ? head : head.slice(0, line),
      headers: line < 0 ? "" : head.slice(line),
      body: part.slice(end + 2),
    });
  }
  return frames;
}

/** The first header of this name. */
export function readHeader({ headers }: ServerFrame, name: string): string | undefined {
  const at = headers.indexOf(`\n${name}:`);
  if (at < 0) return undefined;
  const start = at + name.length + 2;
  const end = headers.indexOf("\n", start);
  return headers.slice(start, end < 0 ? undefined : end);
}

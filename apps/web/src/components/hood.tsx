// What happens under the hood: which instance serves, tempIds that give way to ids, the frames of this connection.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Seat } from "../app.tsx";
import { useObservable } from "../observe.ts";
import type { TraceState } from "../trace-log.ts";
import { formatDuration } from "../times.ts";
import { useSpeech } from "../words/language.ts";
import { Frame } from "./frame.tsx";
import { Panel, type PanelProps } from "./panel.tsx";

/** `GET /server` (contracts §5). */
interface ServerState {
  serverId: string;
  sessions: number;
  uptimeSeconds: number;
}

const askAgainMs = 5_000;

type HoodProps = Omit<PanelProps, "title" | "children"> & { seat: Seat };

export function Hood({ seat, ...panel }: HoodProps): JSX.Element {
  const { words } = useSpeech();
  const { frames, swaps } = useObservable(seat.trace);
  const connection = useObservable(seat.chat.connection);
  const server = useServer(connection.status === "connected");
  return (
    <Panel title={words.underTheHood} {...panel}>
      <dl class="facts">
        <dt>{words.instance}</dt>
        <dd data-server>{server?.serverId ?? "–"}</dd>
        <dt>{words.sessions}</dt>
        <dd>{server?.sessions ?? "–"}</dd>
        <dt>{words.uptime}</dt>
        <dd>{server ? formatDuration(server.uptimeSeconds) : "–"}</dd>
        <dt>{words.connectionSession}</dt>
        <dd>{connection.status === "connected" ? connection.sessionId : "–"}</dd>
      </dl>
      <Swaps swaps={swaps} />
      <h3>{words.frames}</h3>
      {frames.length === 0 && <p class="hint">{words.noFrames}</p>}
      <ol class="frames">
        {frames.map(({ number, event }) => (
          <Frame key={number} frame={event} />
        ))}
      </ol>
    </Panel>
  );
}

function Swaps({ swaps }: Pick<TraceState, "swaps">): JSX.Element {
  const { words } = useSpeech();
  const times = swaps.map(({ event }) => event.afterMs).toSorted((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return (
    <>
      <h3>{words.swaps}</h3>
      <p class="hint">{times.length === 0 ? words.noSwaps : words.swapsText}</p>
      {times.length > 0 && (
        <p class="swap-times">
          <strong>{at(0.5)} ms</strong> {words.median} <strong>{at(0.95)} ms</strong> {words.slowest}
        </p>
      )}
      <ol class="swaps">
        {swaps.slice(0, 8).map(({ number, event }) => (
          <li key={number} data-swap={event.tempId}>
            <code>{event.tempId.slice(0, 8)}</code>
            <span aria-hidden="true">→</span>
            <code title={event.id}>
              {event.id.slice(0, 8)}…{event.id.slice(-4)}
            </code>
            <span class="swap-seq" title={event.roomId}>
              #{event.seq} {event.roomId}
            </span>
            <span class="swap-ms">{event.afterMs} ms</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Asked again while it is looked at: another instance may answer after a reconnect. */
function useServer(isConnected: boolean): ServerState | undefined {
  const [server, setServer] = useState<ServerState>();
  useEffect(() => {
    if (!isConnected) return setServer(undefined);
    const ask = () =>
      void fetch("/server")
        .then(async (response) => setServer((await response.json()) as ServerState))
        .catch(() => setServer(undefined));
    ask();
    const timer = setInterval(ask, askAgainMs);
    return () => clearInterval(timer);
  }, [isConnected]);
  return server;
}

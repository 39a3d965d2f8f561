// One line of a room's head: whether what is shown is what happens now.
import type { ConnectionState, RoomState } from "@parley/client";
import type { JSX } from "preact";
import type { Words } from "../words/english.ts";
import { useSpeech } from "../words/language.ts";

interface RoomStatusProps {
  connection: ConnectionState["status"];
  room: RoomState["status"];
}

export function RoomStatus({ connection, room }: RoomStatusProps): JSX.Element {
  const { words } = useSpeech();
  const isLive = connection === "connected" && room === "live";
  return (
    <p class={isLive ? "room-status is-live" : "room-status"} data-status={room}>
      {connection === "connected" ? explainRoom(room, words) : words.offline}
    </p>
  );
}

function explainRoom(status: RoomState["status"], words: Words): string {
  if (status === "opening") return words.opening;
  if (status === "catching-up") return words.catchingUp;
  return status === "live" ? words.live : words.notMember;
}

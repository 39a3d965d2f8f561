// The signed-in page: rooms at the side, the open one beside it; on a phone one of the two at a time.
import type { JSX } from "preact";
import { flushSync } from "preact/compat";
import { useCallback, useEffect, useState } from "preact/hooks";
import { isRoomId } from "@parley/contracts";
import type { Seat } from "../app.tsx";
import { firstRoomId, joinRoom, loadRooms, readRoom, saveRooms } from "../joined-rooms.ts";
import { useTitlePlace } from "../page-title.ts";
import { useSpeech } from "../words/language.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Conversation } from "./conversation.tsx";
import { Hood } from "./hood.tsx";
import { Sidebar } from "./sidebar.tsx";

const hoodKey = "parley.hood";
/** As in the style: from here on a conversation stands beside the rooms, and the hood beside both. */
const isDesk = () => matchMedia("(min-width: 48rem)").matches;
const isWideDesk = () => matchMedia("(min-width: 72rem)").matches;

export function Workspace({ seat, onSignOut }: { seat: Seat; onSignOut: () => void }): JSX.Element {
  const { account } = seat.session;
  const { words } = useSpeech();
  const [openId, open] = useOpenRoom();
  useTitlePlace(openId ?? words.rooms);
  const [rooms, setRooms] = useState<ReturnType<typeof joinRoom>>(() => loadRooms(account.id));
  const [isHoodOpen, setIsHoodOpen] = useState(() => isWideDesk() && localStorage.getItem(hoodKey) === "open");
  useEffect(() => saveRooms(account.id, rooms), [account.id, rooms]);
  useEffect(() => localStorage.setItem(hoodKey, isHoodOpen ? "open" : "closed"), [isHoodOpen]);
  useEffect(() => {
    if (openId !== undefined) setRooms((known) => joinRoom(known, openId));
    if (!isWideDesk()) setIsHoodOpen(false);
  }, [openId]);

  const read = useCallback((id: string, seq: number) => setRooms((known) => readRoom(known, id, seq)), []);

  function leave(id: string) {
    setRooms((known) => known.filter((room) => room.id !== id));
    if (id === openId) open(isDesk() ? firstRoomId : undefined);
  }

  function closeHood() {
    flushSync(() => setIsHoodOpen(false)); // What it covered can take the focus only afterwards.
    document.querySelector<HTMLElement>('[data-action="hood"]')?.focus();
  }

  return (
    <div class={`workspace ${openId === undefined ? "" : "has-room"} ${isHoodOpen ? "has-hood" : ""}`}>
      <Sidebar
        seat={seat}
        rooms={rooms}
        openId={openId}
        onOpen={open}
        onLeave={leave}
        onSignOut={onSignOut}
        banner={openId === undefined && <ConnectionBanner chat={seat.chat} />}
      />
      {openId === undefined ? (
        <NoRoom />
      ) : (
        <Conversation
          key={openId}
          chat={seat.chat}
          roomId={openId}
          readSeq={rooms.find((room) => room.id === openId)?.readSeq ?? 0}
          onRead={read}
          onBack={() => open(undefined)}
          isHoodOpen={isHoodOpen}
          onToggleHood={() => setIsHoodOpen(!isHoodOpen)}
        />
      )}
      {isHoodOpen && openId !== undefined && <Hood seat={seat} isOverPage={!isWideDesk()} onClose={closeHood} />}
    </div>
  );
}

function NoRoom(): JSX.Element {
  const { words } = useSpeech();
  return (
    <section class="no-room">
      <p>{words.pickRoom}</p>
    </section>
  );
}

/** The open room stands in the address, so that a reload stays and "back" goes back; on a desk one is always open. */
function useOpenRoom(): [string | undefined, (id: string | undefined) => void] {
  const [openId, setOpenId] = useState(readAddress);
  useEffect(() => {
    const read = () => setOpenId(readAddress());
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => {
    if (openId === undefined && isDesk()) location.replace(`#/${firstRoomId}`);
  }, []);
  return [openId, (id) => (location.hash = id === undefined ? "#/" : `#/${id}`)];
}

function readAddress(): string | undefined {
  const id = location.hash.replace(/^#\//, "");
  return isRoomId(id) ? id : undefined;
}

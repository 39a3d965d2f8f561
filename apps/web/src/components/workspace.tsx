// The signed-in page: rooms at the side, the open one beside it; on a phone one of the two at a time.
import type { JSX } from "preact";
import { flushSync } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import { isRoomId } from "@parley/contracts";
import type { Seat } from "../app.tsx";
import { useMyRooms } from "../my-rooms.ts";
import { useTitlePlace } from "../page-title.ts";
import { useSpeech } from "../words/language.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Conversation, type PanelName } from "./conversation.tsx";
import { Hood } from "./hood.tsx";
import { Members } from "./members.tsx";
import { Sidebar } from "./sidebar.tsx";

const panelKey = "parley.hood";
/** As in the style: from here on a conversation stands beside the rooms, and a panel beside both. */
const isDesk = () => matchMedia("(min-width: 48rem)").matches;
const isWideDesk = () => matchMedia("(min-width: 72rem)").matches;

interface WorkspaceProps {
  seat: Seat;
  onSignOut: () => void;
  /** The session is over already. */
  onSignedOut: () => void;
}

export function Workspace({ seat, onSignOut, onSignedOut }: WorkspaceProps): JSX.Element {
  const { chat, session } = seat;
  const { words } = useSpeech();
  const myRooms = useMyRooms(chat, session.account.id);
  const [openId, open] = useOpenRoom(myRooms.rooms[0]?.id);
  const joined = myRooms.rooms.find(({ id }) => id === openId);
  const [panel, setPanel] = useState<PanelName | undefined>(() =>
    isWideDesk() && localStorage.getItem(panelKey) === "open" ? "hood" : undefined,
  );
  useTitlePlace(joined?.name ?? openId ?? words.rooms);
  useEffect(() => localStorage.setItem(panelKey, panel === "hood" ? "open" : "closed"), [panel]);
  useEffect(() => {
    if (openId !== undefined) myRooms.enter(openId);
    if (!isWideDesk()) setPanel(undefined);
  }, [openId]);

  async function goOut(id: string, task: () => Promise<void>) {
    await task();
    if (id === openId) open(undefined);
  }

  function closePanel() {
    const action = panel;
    flushSync(() => setPanel(undefined)); // What it covered can take the focus only afterwards.
    document.querySelector<HTMLElement>(`[data-action="${action}"]`)?.focus();
  }

  const panelProps = { isOverPage: !isWideDesk(), onClose: closePanel };
  return (
    <div class={`workspace ${openId === undefined ? "" : "has-room"} ${panel === undefined ? "" : "has-panel"}`}>
      <Sidebar
        seat={seat}
        myRooms={myRooms}
        openId={openId}
        onOpen={open}
        onLeave={(id) => goOut(id, () => myRooms.leave(id))}
        onSignOut={onSignOut}
        onSignedOut={onSignedOut}
        banner={openId === undefined && <ConnectionBanner chat={chat} />}
      />
      {joined === undefined ? (
        <NoRoom />
      ) : (
        <Conversation
          key={joined.id}
          chat={chat}
          joined={joined}
          isJoining={myRooms.isJoining(joined.id)}
          onJoin={() => myRooms.join(joined.id)}
          onRead={(id, seq) => myRooms.read(id, seq)}
          onBack={() => open(undefined)}
          panel={panel}
          onToggle={(one) => setPanel(panel === one ? undefined : one)}
        />
      )}
      {panel === "hood" && joined && <Hood seat={seat} {...panelProps} />}
      {panel === "members" && joined && (
        <Members
          key={joined.id}
          chat={chat}
          room={joined}
          role={myRooms.factsOf(joined.id)?.role ?? undefined}
          accountId={session.account.id}
          onTalk={async (accountId) => open(await myRooms.talkTo(accountId))}
          onRename={(name) => myRooms.rename(joined.id, name)}
          onDelete={() => goOut(joined.id, () => myRooms.delete(joined.id))}
          {...panelProps}
        />
      )}
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
function useOpenRoom(firstId: string | undefined): [string | undefined, (id: string | undefined) => void] {
  const [openId, setOpenId] = useState(readAddress);
  useEffect(() => {
    const read = () => setOpenId(readAddress());
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => {
    if (firstId !== undefined && readAddress() === undefined && isDesk()) location.replace(`#/${firstId}`);
  }, [openId, firstId]);
  return [openId, (id) => (location.hash = id === undefined ? "#/" : `#/${id}`)];
}

function readAddress(): string | undefined {
  const id = location.hash.replace(/^#\//, "");
  return isRoomId(id) ? id : undefined;
}

// The rooms of this account, where to join or make another, and who is signed in.
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAct } from "../act.ts";
import type { Seat } from "../app.tsx";
import type { MyRooms } from "../my-rooms.ts";
import { useSpeech } from "../words/language.ts";
import { AccountDialog } from "./account-dialog.tsx";
import { Avatar } from "./avatar.tsx";
import { CreateRoom } from "./create-room.tsx";
import { Icon, Logo } from "./icons.tsx";
import { JoinRoom } from "./join-room.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { RoomLink } from "./room-link.tsx";

interface SidebarProps {
  seat: Seat;
  myRooms: MyRooms;
  openId: string | undefined;
  onOpen: (id: string) => void;
  onLeave: (id: string) => Promise<void>;
  onSignOut: () => void;
  onSignedOut: () => void;
  banner: ComponentChildren;
}

export function Sidebar(props: SidebarProps): JSX.Element {
  const { seat, myRooms, openId, onOpen, onLeave, onSignOut, onSignedOut, banner } = props;
  const { words } = useSpeech();
  const { id, nickname, email } = seat.session.account;
  const [isCreating, setIsCreating] = useState(false);
  const [isAccountOpen, setIsAccountOpen] = useState(false);
  const create = useRef<HTMLButtonElement>(null);
  const leaving = useAct({ CONFLICT: words.ownerStays });
  // Without an open room this list is what the page is about.
  const isMain = openId === undefined;
  return (
    <div class="sidebar" role={isMain ? "main" : "complementary"} aria-label={words.rooms}>
      <div class="sidebar-head">
        <Logo />
        <p class="brand-name" role={isMain ? "heading" : undefined} aria-level={isMain ? 1 : undefined}>
          Parley
        </p>
        <LanguageSwitch />
      </div>
      {banner}
      <nav aria-label={words.rooms}>
        <div class="section-head">
          <h2 class="section-title">{words.rooms}</h2>
          <button
            ref={create}
            type="button"
            class="icon-button"
            data-action="create-room"
            aria-label={words.createRoom}
            title={words.createRoom}
            aria-expanded={isCreating}
            onClick={() => setIsCreating(!isCreating)}
          >
            <Icon name="plus" />
          </button>
        </div>
        {isCreating && (
          <CreateRoom
            onCreate={async (room) => {
              onOpen(await myRooms.create(room));
              setIsCreating(false); // The room has the focus.
            }}
            onClose={() => {
              setIsCreating(false);
              create.current?.focus();
            }}
          />
        )}
        <ul class="rooms">
          {myRooms.rooms.map((room) => (
            <RoomLink
              key={room.id}
              chat={seat.chat}
              joined={room}
              kind={myRooms.factsOf(room.id)?.kind}
              isJoining={myRooms.isJoining(room.id)}
              isOpen={room.id === openId}
              onLeave={() => void leaving.act(() => onLeave(room.id))}
            />
          ))}
        </ul>
        <p class="fault" role="alert">
          {leaving.fault}
        </p>
        <JoinRoom onJoin={onOpen} />
      </nav>
      <div class="sidebar-foot">
        <button
          type="button"
          class="who"
          data-action="account"
          aria-haspopup="dialog"
          title={words.account}
          onClick={() => setIsAccountOpen(true)}
        >
          <Avatar accountId={id} name={nickname} />
          <span class="who-text">
            <span class="who-name">{nickname}</span>
            <span class="who-email">{email ?? words.guest}</span>
          </span>
          <span class="hidden">{words.account}</span>
        </button>
        <button
          type="button"
          class="icon-button"
          data-action="sign-out"
          aria-label={words.signOut}
          title={words.signOut}
          onClick={onSignOut}
        >
          <Icon name="signOut" />
        </button>
      </div>
      {isAccountOpen && (
        <AccountDialog session={seat.session} onClose={() => setIsAccountOpen(false)} onSignedOut={onSignedOut} />
      )}
    </div>
  );
}

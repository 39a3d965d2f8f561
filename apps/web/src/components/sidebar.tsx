// The rooms of this account, where to join another, and who is signed in.
import type { ComponentChildren, JSX } from "preact";
import type { Seat } from "../app.tsx";
import type { JoinedRoom } from "../joined-rooms.ts";
import { useSpeech } from "../words/language.ts";
import { Avatar } from "./avatar.tsx";
import { Icon, Logo } from "./icons.tsx";
import { JoinRoom } from "./join-room.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { RoomLink } from "./room-link.tsx";

interface SidebarProps {
  seat: Seat;
  rooms: readonly JoinedRoom[];
  openId: string | undefined;
  onOpen: (id: string) => void;
  onLeave: (id: string) => void;
  onSignOut: () => void;
  banner: ComponentChildren;
}

export function Sidebar({ seat, rooms, openId, onOpen, onLeave, onSignOut, banner }: SidebarProps): JSX.Element {
  const { words } = useSpeech();
  const { id, nickname, email } = seat.session.account;
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
        <h2 class="section-title">{words.rooms}</h2>
        <ul class="rooms">
          {rooms.map((room) => (
            <RoomLink
              key={room.id}
              chat={seat.chat}
              joined={room}
              isOpen={room.id === openId}
              onLeave={() => onLeave(room.id)}
            />
          ))}
        </ul>
        <JoinRoom onJoin={onOpen} />
      </nav>
      <div class="sidebar-foot">
        <Avatar accountId={id} name={nickname} />
        <p class="who">
          <span class="who-name">{nickname}</span>
          <span class="who-email">{email}</span>
        </p>
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
    </div>
  );
}

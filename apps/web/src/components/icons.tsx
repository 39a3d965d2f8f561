// The few signs of the client, drawn; each is decoration beside a word or a label.
import type { JSX } from "preact";

const paths = {
  send: "M4 12 20 4l-5 16-3.5-6.5zM11.5 13.5 20 4",
  back: "M15 5l-7 7 7 7",
  join: "M5 12h14M13 6l6 6-6 6",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  hood: "M3 12h4l3-8 4 16 3-8h4",
  room: "M9.5 4 8 20M16 4l-1.5 16M4.5 9h16M3.5 15h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20.5c0-4 3-6.5 7-6.5s7 2.5 7 6.5",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.7-6 6-6s6 2.5 6 6M15.5 4.5a3.5 3.5 0 0 1 0 6.5M17 14.5c2.3.7 4 2.8 4 5.5",
  plus: "M12 5v14M5 12h14",
  signOut: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  sent: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  stored: "M5 12.5l4.5 4.5L19 7.5",
  failed: "M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
} satisfies Record<string, string>;

export function Icon({ name }: { name: keyof typeof paths }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 8a5 5 0 0 1 5-5h9a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-6l-5 5v-5.4A5 5 0 0 1 4 13z" />
      <path
        class="logo-answer"
        d="M14 20h4a7 7 0 0 0 7-7v-2.7A5 5 0 0 1 29 15v4a5 5 0 0 1-3 4.6V29l-5-5h-3a5 5 0 0 1-4-4z"
      />
    </svg>
  );
}

// A page with one sentence and what can be done about it.
import type { JSX } from "preact";
import { Logo } from "./icons.tsx";

export function Entrance({ text, actions }: { text: string; actions: [string, () => void][] }): JSX.Element {
  return (
    <main class="entrance">
      <Logo />
      <h1 class="hidden">Parley</h1>
      <p role="status">{text}</p>
      {actions.map(([label, act], index) => (
        <button key={label} type="button" class={index === 0 ? "button" : "button quiet"} onClick={act}>
          {label}
        </button>
      ))}
    </main>
  );
}

// Who it is, at a glance.
import { memo } from "preact/compat";
import { colourOf, initialsOf } from "../people.ts";

/** Decoration: the name stands beside it. */
export const Avatar = memo(function Avatar({ accountId, name }: { accountId: string; name: string }) {
  return (
    <span class={`avatar colour-${colourOf(accountId)}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
});

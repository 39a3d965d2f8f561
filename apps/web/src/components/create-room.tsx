// Where a room is made: its name, and whether it is for all or by invitation.
import type { RoomCreate } from "@parley/contracts";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";
import { readField } from "./field.tsx";

export const roomNameLengthMax = 64;

interface CreateRoomProps {
  onCreate: (room: RoomCreate) => Promise<void>;
  onClose: () => void;
}

export function CreateRoom({ onCreate, onClose }: CreateRoomProps): JSX.Element {
  const { words } = useSpeech();
  const { isBusy, fault, act } = useAct();
  const name = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => name.current?.focus(), []);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = readField(event.currentTarget);
    const kind = read("kind") === "private" ? "private" : "public";
    await act(() => onCreate({ name: read("name"), kind }));
  }

  return (
    <form
      class="create-room"
      aria-label={words.createRoom}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <input
        ref={name}
        name="name"
        aria-label={words.roomName}
        placeholder={words.roomName}
        autocomplete="off"
        required
        maxLength={roomNameLengthMax}
      />
      <fieldset class="choices">
        <legend class="hidden">{words.whoMayJoin}</legend>
        {(["public", "private"] as const).map((kind) => (
          <label key={kind} class="choice">
            <input type="radio" name="kind" value={kind} defaultChecked={kind === "public"} />
            {kind === "public" ? words.publicRoom : words.privateRoom}
          </label>
        ))}
      </fieldset>
      <p class="fault" role="alert">
        {fault}
      </p>
      <div class="buttons">
        <button type="submit" class="button small" disabled={isBusy}>
          {words.create}
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

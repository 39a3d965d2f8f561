// What those in charge of a room can do with the room itself: call it otherwise, and its owner delete it for good.
import type { JSX, TargetedSubmitEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";
import { roomNameLengthMax } from "./create-room.tsx";
import { readField } from "./field.tsx";

interface RoomSettingsProps {
  name: string;
  onRename: (name: string) => Promise<void>;
  /** Undefined for who may not. */
  onDelete: (() => Promise<void>) | undefined;
}

export function RoomSettings({ name, onRename, onDelete }: RoomSettingsProps): JSX.Element {
  const { words } = useSpeech();
  const title = useId();
  const [isRenamed, setIsRenamed] = useState(false);
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.notAllowed });

  async function rename(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = readField(event.currentTarget)("name").trim();
    setIsRenamed(false);
    if (wanted !== "" && (await act(() => onRename(wanted)))) setIsRenamed(true);
  }

  return (
    <section class="room-settings" aria-labelledby={title}>
      <h3 id={title}>{words.thisRoom}</h3>
      <form data-form="rename-room" onSubmit={(event) => void rename(event)}>
        <input
          name="name"
          aria-label={words.roomName}
          autocomplete="off"
          required
          maxLength={roomNameLengthMax}
          defaultValue={name}
        />
        <button type="submit" class="button quiet" disabled={isBusy}>
          {words.rename}
        </button>
      </form>
      <p class="hint" role="status">
        {isRenamed && words.renamed}
      </p>
      <p class="fault" role="alert">
        {fault}
      </p>
      {onDelete && <DeleteRoom onDelete={onDelete} />}
    </section>
  );
}

/** Not by one click alone. */
function DeleteRoom({ onDelete }: { onDelete: () => Promise<void> }): JSX.Element {
  const { words } = useSpeech();
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.notAllowed });
  return (
    <details class="for-good" data-action="delete-room">
      <summary>{words.deleteRoom}</summary>
      <p class="hint">{words.deleteRoomText}</p>
      <button type="button" class="button danger" disabled={isBusy} onClick={() => void act(onDelete)}>
        {words.deleteForGood}
      </button>
      <p class="fault" role="alert">
        {fault}
      </p>
    </details>
  );
}

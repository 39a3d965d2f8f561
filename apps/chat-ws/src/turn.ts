// What one turn of the event loop holds for a connection leaves in one write; what a group of connections is sent is put
// together once for all of them. It must not know what the octets mean.
import { Batch, type Parts } from "./batch.ts";

/** The end of one connection into which frames go. */
export interface Outlet {
  /** @param frame must not be changed; the same buffer for many connections is encoded once */
  add(frame: Buffer, isPatient?: boolean): void;
  /** Octets that were added and not written. */
  readonly waitingBytes: number;
  /** Writes what waits, now. */
  flush(): void;
}

interface OutletOptions {
  write(octets: Buffer): void;
  /** Whether so much waits behind what was written that what may be left out should be. */
  isCongested(): boolean;
}

interface FrameOptions {
  /** It may wait a few milliseconds for others to leave with. */
  isPatient?: boolean;
  /** Members that are congested need not be given it. */
  mayLeaveOut?: boolean;
}

/** Outlets that are given the same frames, each under the name of a member. */
export interface Group<M> {
  join(outlet: Outlet, member: M): void;
  leave(outlet: Outlet): void;
  readonly size: number;
  /** Answers with those who were left out. */
  add(frame: Buffer, options: FrameOptions): M[];
}

export interface Turn {
  open(options: OutletOptions): Outlet;
  openGroup<M>(): Group<M>;
}

/** More octets than this do not wait for the end of the turn. */
const batchBytesMax = 65_536;
/** How long patient frames wait, in milliseconds. */
const patienceMs = 30;

/** @param encode what is written for a frame; the same for all */
export function createTurn(encode: (frame: Buffer) => Parts): Turn {
  let nothing = new Batch();
  let due: Holder[] = [];
  let patient: Holder[] = [];

  function endTurn() {
    const holders = due;
    due = [];
    nothing = new Batch();
    for (const holder of holders) holder.flush();
  }

  function endPatience() {
    const holders = patient;
    patient = [];
    nothing = new Batch();
    for (const holder of holders) holder.flush();
  }

  /** What holds frames until they are written. */
  abstract class Holder {
    batch: Batch | undefined;
    #isDue = false;
    #isPatient = false;

    abstract flush(): void;

    protected hold(frame: Buffer, isPatient: boolean): void {
      this.batch = (this.batch ?? nothing).with(frame, encode);
      this.schedule(isPatient);
      if (this.batch.bytes > batchBytesMax) this.flush();
    }

    protected schedule(isPatient: boolean): void {
      if (this.#isDue) return;
      if (isPatient && !this.#isPatient) {
        this.#isPatient = true;
        if (patient.push(this) === 1) setTimeout(endPatience, patienceMs);
      } else if (!isPatient) {
        this.#isDue = true;
        // The check phase follows all that this turn reads from its sockets.
        if (due.push(this) === 1) setImmediate(endTurn);
      }
    }

    /** Takes over what another holds, to be written no later. */
    protected takeOver(from: Holder): void {
      this.batch = from.batch;
      this.schedule(!from.#isDue);
    }

    /** What is to be written now. */
    protected release(): Buffer | undefined {
      const octets = this.batch?.octets;
      this.batch = undefined;
      this.#isDue = false;
      this.#isPatient = false;
      return octets;
    }
  }

  class OpenOutlet extends Holder implements Outlet {
    readonly options: OutletOptions;
    /** Holds the frames in this one's place. */
    group: OpenGroup<unknown> | undefined;

    constructor(options: OutletOptions) {
      super();
      this.options = options;
    }

    get waitingBytes(): number {
      return (this.group ?? this).batch?.bytes ?? 0;
    }

    add(frame: Buffer, isPatient = false): void {
      this.part();
      this.hold(frame, isPatient);
    }

    flush(): void {
      this.part();
      const octets = this.release();
      if (octets) this.options.write(octets);
    }

    /** Holds its frames itself from now on. */
    part(): void {
      const { group } = this;
      if (!group) return;
      this.group = undefined;
      group.part(this);
      this.takeOver(group);
    }
  }

  class OpenGroup<M> extends Holder implements Group<M> {
    readonly #members = new Map<OpenOutlet, M>();
    /** While it holds frames: members for whom it holds them, those who hold them themselves, those who are congested. */
    #followers = new Set<OpenOutlet>();
    readonly #apart = new Set<OpenOutlet>();
    readonly #congested = new Set<OpenOutlet>();

    get size(): number {
      return this.#members.size;
    }

    join(outlet: OpenOutlet, member: M): void {
      this.#members.set(outlet, member);
      if (this.batch) this.#apart.add(outlet);
    }

    leave(outlet: OpenOutlet): void {
      if (outlet.group === this) outlet.part();
      this.#members.delete(outlet);
      this.#apart.delete(outlet);
      this.#congested.delete(outlet);
    }

    part(outlet: OpenOutlet): void {
      this.#followers.delete(outlet);
      this.#apart.add(outlet);
    }

    add(frame: Buffer, { isPatient = false, mayLeaveOut = false }: FrameOptions): M[] {
      if (!this.batch) this.#gather();
      const leftOut = mayLeaveOut ? [...this.#congested] : [];
      for (const outlet of this.#apart) outlet.add(frame, isPatient);
      if (!mayLeaveOut) for (const outlet of this.#congested) outlet.add(frame, isPatient);
      this.hold(frame, isPatient);
      return leftOut.map((outlet) => this.#members.get(outlet)!);
    }

    flush(): void {
      const octets = this.release();
      const followers = this.#followers;
      this.#followers = new Set();
      this.#apart.clear();
      this.#congested.clear();
      for (const outlet of followers) outlet.group = undefined;
      if (octets) for (const { options } of followers) options.write(octets);
    }

    #gather(): void {
      for (const outlet of this.#members.keys()) {
        if (outlet.options.isCongested()) this.#congested.add(outlet);
        else if (outlet.batch || outlet.group) this.#apart.add(outlet);
        else {
          outlet.group = this;
          this.#followers.add(outlet);
        }
      }
    }
  }

  return {
    open: (options) => new OpenOutlet(options),
    openGroup: <M>() => new OpenGroup<M>() as Group<M>,
  };
}

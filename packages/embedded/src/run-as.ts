// As whom PostgreSQL's programs run: they refuse root, so root hands them over to nobody. It knows none of them by name.
import { lchown, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { runProgram, type Command } from "./command.ts";
import { EmbeddedFault } from "./fault.ts";

/** The user and the group that own nothing, by the number they have on Linux. */
const nobody = 65_534;

export interface RunAs {
  command(program: string, args: string[]): Command;
  /** The user and group that its files must belong to. */
  owner: number | undefined;
}

const ourselves: RunAs = { command: (file, args) => ({ file, args }), owner: process.getuid?.() };

const asNobody: RunAs = {
  command: (file, args) => ({ file, args, uid: nobody, gid: nobody }),
  owner: nobody,
};

/** Root outside, nobody inside: what only root may enter stays reachable, and the files stay root's. */
const asMappedNobody: RunAs = {
  command: (file, args) => ({
    file: "unshare",
    args: ["--user", `--map-user=${nobody}`, `--map-group=${nobody}`, "--", file, ...args],
  }),
  owner: 0,
};

/**
 * Tries each way with the program itself, because modes, ACLs and mounts above either path may forbid it.
 * @param dir must be reachable for the program; it exists
 * @throws EmbeddedFault when there is no way
 */
export async function chooseRunAs(program: string, dir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return ourselves;
  for (const way of [asNobody, asMappedNobody]) {
    const trial = ["-c", 'test -x "$1" && exec "$2" --version', "sh", dir, program];
    if ((await runProgram(way.command("/bin/sh", trial))).code === 0) return way;
  }
  throw new EmbeddedFault(
    `PostgreSQL does not run as root, and no other user can reach both ${dir} and ${program}: ` +
      "start as an ordinary user, or move the folder out of private ones.",
  );
}

/** Gives a folder and all in it to whom the programs run as. The folder itself comes last: its owner tells that all is done. */
export async function giveTo({ owner }: RunAs, dir: string): Promise<void> {
  const { uid } = await stat(dir);
  if (owner === undefined || uid === owner) return;
  if (process.getuid?.() !== 0)
    throw new EmbeddedFault(`${dir} belongs to another user (uid ${uid}): start as that user, or use another folder.`);
  for (const entry of await readdir(dir, { recursive: true })) await lchown(join(dir, entry), owner, owner);
  await lchown(dir, owner, owner);
}

// A file system in memory, small enough to be filled; root only.
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const blockBytes = 65_536;

export interface SmallDisk {
  /** Exists, empty. */
  folder: string;
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
  release(): Promise<void>;
}

export async function mountSmallDisk(mib: number): Promise<SmallDisk> {
  const mount = await mkdtemp(join(tmpdir(), "parley-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${mib}m,mode=0755`, "tmpfs", mount]);
  const folder = join(mount, "data");
  const filler = join(mount, "filler");
  await mkdir(folder);
  await chmod(mount, 0o755);
  return {
    folder,
    async fill() {
      const file = await open(filler, "w");
      for (let bytes = blockBytes; bytes >= 512; bytes /= 2) {
        const block = Buffer.alloc(bytes, 1);
        while (
          await file.write(block).then(
            ({ bytesWritten }) => bytesWritten === bytes,
            () => false,
          )
        )
          continue;
      }
      await file.close();
    },
    free: () => rm(filler, { force: true }),
    async release() {
      await run("umount", ["-l", mount]);
      await rm(mount, { recursive: true, force: true });
    },
  };
}

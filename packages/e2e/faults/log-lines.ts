// How much the services have said.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Lines of each file in the folder, in the order of their names. */
export async function countLogLines(folder: string): Promise<number[]> {
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => text.split("\n").length - 1);
}

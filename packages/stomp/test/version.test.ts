import { expect, test } from "vitest";
import { negotiateVersion } from "../src/version.ts";

test.each([
  ["1.0,1.1,1.2", "1.2"],
  ["1.2,1.0", "1.2"],
  ["1.1,1.0,9.9", "1.1"],
  ["1.0", "1.0"],
  [" 1.1 , 1.2 ", "1.2"],
])("C-046 C-165 picks the highest common version of %j", (accepted, version) => {
  expect(negotiateVersion(accepted)).toBe(version);
});

test("C-047 B-37 takes a missing or empty accept-version as 1.0", () => {
  expect(negotiateVersion(undefined)).toBe("1.0");
  expect(negotiateVersion("")).toBe("1.0");
});

test.each(["9.9", "1", "1.2.0", ","])("C-048 B-37 refuses %j and names its own versions", (accepted) => {
  expect(() => negotiateVersion(accepted)).toThrow(
    expect.objectContaining({ code: "PROTOCOL", headers: { version: "1.0,1.1,1.2" } }),
  );
});

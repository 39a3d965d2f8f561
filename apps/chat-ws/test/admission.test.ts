import { Refusal } from "@parley/contracts";
import { expect, test } from "vitest";
import { createAdmission } from "../src/admission.ts";

const limits = { connectionsMax: 10, connectionsPerAddressMax: 2, connectsPerSecondMax: 10, connectsBurstMax: 100 };

function open(more: Partial<typeof limits> = {}, exempt = "") {
  const clock = { nowMs: 0 };
  const admission = createAdmission(
    { ...limits, ...more },
    (address) => address === exempt,
    () => clock.nowMs,
  );
  /** Its code and how long to wait, or how it leaves. */
  function admit(address: string) {
    try {
      return admission.admit(address);
    } catch (error) {
      const { code, context } = Refusal.from(error);
      return [code, context.retryAfterMs];
    }
  }
  return { admit, clock };
}

test("so many from one address, and one more when one has left, once", () => {
  const { admit } = open();
  const leave = admit("192.0.2.1") as () => void;
  admit("192.0.2.1");
  expect(admit("192.0.2.1")).toEqual(["TOO_MANY", 5_000]);
  expect(admit("192.0.2.2")).toBeTypeOf("function");
  leave();
  leave();
  expect(admit("192.0.2.1")).toBeTypeOf("function");
  expect(admit("192.0.2.1")).toEqual(["TOO_MANY", 5_000]);
});

test("an address is one however it is written; of IPv6 a network of 64 bits is one", () => {
  const { admit } = open();
  admit("192.0.2.1");
  admit("::ffff:192.0.2.1");
  expect(admit("192.0.2.1")).toEqual(["TOO_MANY", 5_000]);
  admit("2001:db8:0:1::1");
  admit("2001:db8:0:1:ffff::2");
  expect(admit("2001:db8:0:1::3")).toEqual(["TOO_MANY", 5_000]);
  expect(admit("2001:db8:0:2::1")).toBeTypeOf("function");
});

test("from an exempt address any number, up to what the instance takes", () => {
  const { admit } = open({}, "127.0.0.1");
  for (let n = 0; n < 10; n++) expect(admit("127.0.0.1")).toBeTypeOf("function");
  expect(admit("127.0.0.1")).toEqual(["OVERLOADED", 5_000]);
});

test("a storm is let in at the rate; the others are told to come back one behind the other, within 30 s", () => {
  const { admit, clock } = open({ connectionsMax: 10_000, connectsBurstMax: 2 }, "127.0.0.1");
  const answers = Array.from({ length: 1_000 }, () => admit("127.0.0.1"));
  expect(answers.filter((answer) => typeof answer === "function")).toHaveLength(2);
  const waits = answers.filter((answer) => Array.isArray(answer)).map(([, retryAfterMs]) => retryAfterMs as number);
  expect(waits.slice(0, 3)).toEqual([1_100, 1_200, 1_300]);
  expect(Math.max(...waits)).toBe(30_000);
  clock.nowMs = 1_000;
  expect(
    Array.from({ length: 10 }, () => admit("127.0.0.1")).filter((answer) => typeof answer === "function"),
  ).toHaveLength(2);
});

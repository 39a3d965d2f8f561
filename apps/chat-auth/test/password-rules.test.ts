import { Signup } from "@parley/contracts";
import { expect, test } from "vitest";
import { refuseGuessable } from "../src/password-rules.ts";

const ada = { email: "ada.lovelace@example.org", nickname: "Ada Lovelace" };

test.each(["password123", "12345678", "PASSWORD", "qwertyuiop", "iloveyou1", "ｐａｓｓｗｏｒｄ"])(
  "%s is commonly used",
  (password) => {
    expect(() => refuseGuessable(password, ada)).toThrow("commonly used");
  },
);

test.each(["ada.lovelace@example.org", "ADA.LOVELACE@EXAMPLE.ORG", "ada.lovelace", "ada lovelace", "Ａda Lovelace"])(
  "%s is what everybody knows of its owner",
  (password) => {
    expect(() => refuseGuessable(password, ada)).toThrow("the address or the name");
  },
);

test.each([
  "correct horse battery",
  "onlylowercase",
  "49205837",
  "비밀번호는 길어야",
  "пароль длинный",
  " leading and trailing ",
  "🦊🐼🦁🐸🐙🦄🐝🐢",
  "Ada Lovelace's engine",
])("%s is accepted: no rule of composition, any script (B-74)", (password) => {
  expect(Signup.shape.password.safeParse(password).success).toBe(true);
  expect(() => refuseGuessable(password, ada)).not.toThrow();
});

test("who has no address has nothing to compare with", () => {
  expect(() => refuseGuessable("correct horse battery", { email: null, nickname: "" })).not.toThrow();
});

import { defineConfig } from "vitest/config";

const limits = { testTimeout: 20_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Of the root only, not of each project: one PostgreSQL and one Redis for the whole run
    globalSetup: ["scripts/test-services.ts"],
    maxWorkers: 2,
    allowOnly: false,
    // One line for each file as it ends, in a terminal as in a pipe
    reporters: [["default", { summary: false }]],
    projects: [
      {
        test: { ...limits, name: "packages", include: ["packages/*/test/**/*.test.ts"], exclude: ["packages/e2e/**"] },
      },
      { test: { ...limits, name: "scripts", include: ["scripts/test/**/*.test.ts"] } },
      { test: { ...limits, name: "apps", include: ["apps/*/test/**/*.test.ts"] } },
      { test: { ...limits, name: "e2e", include: ["packages/e2e/test/**/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});

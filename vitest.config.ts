import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["scripts/test-services.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "packages", include: ["packages/*/test/**/*.test.ts"], exclude: ["packages/e2e/**"] },
      },
      { extends: true, test: { name: "apps", include: ["apps/*/test/**/*.test.ts"] } },
      { extends: true, test: { name: "e2e", include: ["packages/e2e/test/**/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // A session against a real server loads a model, and a drift gate runs the compiler.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

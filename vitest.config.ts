import { defineConfig } from "vitest/config"

const common = {
  pool: "threads",
  testTimeout: 30_000,
  hookTimeout: 30_000,
} as const

export default defineConfig({
  test: {
    // Most of them wait for a process of their own.
    maxWorkers: 4,
    projects: [
      { test: { ...common, name: "node", include: ["test/**/*.test.ts"] } },
      {
        test: {
          ...common,
          name: "binary",
          include: ["test/script/**/*.test.ts"],
          env: { ENVSEAL_TEST: "binary" },
        },
      },
    ],
  },
})

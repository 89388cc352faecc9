import { defineConfig } from "vitest/config"

/** Tests against other people's programs: PHP, Laravel, age, and the other readers of `.env`. */
export default defineConfig({
  test: {
    include: ["test/real/**/*.real.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})

import { defineConfig } from "vitest/config"
import { maxConcurrency, maxWorkers, projects } from "./test/projects.ts"

/** Every test on both runtimes, for `npm run test:all` and for any file that is named. */
export default defineConfig({ test: { maxWorkers, maxConcurrency, projects: projects(() => [], 1) } })

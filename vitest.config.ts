import { defineConfig } from "vitest/config"
import { allOf, maxConcurrency, maxWorkers, projects } from "./test/projects.ts"

/** Every test on both runtimes, for any file that is named. */
export default defineConfig({ test: { maxWorkers, maxConcurrency, projects: projects(allOf, 1) } })

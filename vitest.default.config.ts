import { defineConfig } from "vitest/config"
import { defaultOf } from "./test/default-run.ts"
import { maxConcurrency, maxWorkers, projects } from "./test/projects.ts"

/** What `npm test` runs: all but what test/default-run.ts names. */
export default defineConfig({ test: { maxWorkers, maxConcurrency, projects: projects(defaultOf, 0.2) } })

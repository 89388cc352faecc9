import { defineConfig } from "vitest/config"
import { leftOutOf } from "./test/default-run.ts"
import { maxWorkers, projects } from "./test/projects.ts"

/** What `npm test` runs: all but what test/default-run.ts names. */
export default defineConfig({ test: { maxWorkers, projects: projects(leftOutOf, 0.2) } })

import { defineConfig } from "vitest/config"
import { restOf } from "./test/default-run.ts"
import { maxConcurrency, maxWorkers, projects } from "./test/projects.ts"

/** What `npm run test:all` runs after `npm test`: what test/default-run.ts names. */
export default defineConfig({ test: { maxWorkers, maxConcurrency, projects: projects(restOf, 1) } })

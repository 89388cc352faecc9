import { defineConfig } from "vitest/config"
import { restOf } from "./test/default-run.ts"
import { longestFirst } from "./test/longest-first.ts"
import { maxConcurrency, maxWorkers, projects } from "./test/projects.ts"

/** Each takes a minute or more. */
const longest = [
  "script/aws/failures",
  "script/deploy/rollouts",
  "script/doctor/faults",
  "script/secret/change",
  "docs/picture",
  "script/mistakes/mistakes",
  "script/aws/canary",
  "script/aws/regions",
  "script/reseal/canary",
].map((name) => `/test/${name}.test.ts`)

/** What `npm run test:all` runs after `npm test`: what test/default-run.ts names. */
export default defineConfig({
  test: {
    maxWorkers,
    maxConcurrency,
    sequence: { sequencer: longestFirst(longest) },
    projects: projects(restOf, 1),
  },
})

import { afterAll } from "vitest"
import { removeSandboxes } from "./script/harness.ts"

// The harness itself says so to vitest when it is loaded, and a worker that runs many files loads it for the first alone.
afterAll(removeSandboxes)

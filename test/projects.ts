import type { TestProjectConfiguration } from "vitest/config"

const common = {
  pool: "threads",
  // Only what hangs ends by it: a test that is about time is given its time.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
} as const

const scripts = "test/script/**/*.test.ts"

/** Most of them wait for a process, or for a timer of a fake; more would have them wait for one another. */
export const maxWorkers = 5

/** Of the tests of one file that may be played at once: each has fakes of its own. */
export const maxConcurrency = 3

/** The projects of a configuration: what needs no program of ours, and the scripts on Node and on the binary. */
export type ProjectName = "unit" | "node" | "binary"

/** Which files a project runs, as patterns. */
export interface Choice {
  readonly include: string[]
  readonly exclude: string[]
}

/** Every test of a project. */
export function allOf(project: ProjectName): Choice {
  return project === "unit"
    ? { include: ["test/**/*.test.ts"], exclude: [scripts] }
    : { include: [scripts], exclude: [] }
}

/**
 * The projects of a configuration.
 *
 * @param fuzz factor for the runs of each property, unless FUZZ is set
 */
export function projects(choice: (project: ProjectName) => Choice, fuzz: number): TestProjectConfiguration[] {
  const FUZZ = process.env["FUZZ"] ?? String(fuzz)
  return [
    {
      test: {
        ...common,
        name: "unit",
        // They leave nothing behind in their process, and loading the product for each file took most of their time.
        isolate: false,
        setupFiles: "test/remove-sandboxes.ts",
        ...choice("unit"),
        env: { FUZZ },
      },
    },
    {
      test: { ...common, name: "node", ...choice("node"), env: { FUZZ } },
    },
    {
      test: {
        ...common,
        name: "binary",
        ...choice("binary"),
        env: { FUZZ, ENVSEAL_TEST: "binary" },
      },
    },
  ]
}

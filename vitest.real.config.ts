import { defineConfig } from "vitest/config"
import { longestFirst } from "./test/longest-first.ts"

/**
 * In the order in which they begin. The first two have the real node in turn, and while the first has it, the other one
 * builds its images. Files that have a Docker engine are far enough from each other.
 */
const longest = [
  "node/node",
  "chain/chain",
  "shapes/served",
  "doctor",
  "deploy-turns",
  "manifests",
  "docker/laravel",
  "deploy-many",
  "deploy",
  "encoders",
  "docker/init",
  "deploy-access",
  "deploy-runs",
].map((name) => `/test/real/${name}.real.ts`)

/** They make binaries for every target, or leave no core to others. */
const inTurn = ["test/real/binary.real.ts", "test/real/race.real.ts", "test/real/release.real.ts"]

/** Races and kills are run on both runtimes, which write in different ways. The binary starts in a fifth of the time. */
const onBothRuntimes = ["test/real/race.real.ts", "test/real/kill.real.ts"]

// A test waits here for its turn with a part of the machine, too.
const common = { testTimeout: 1_200_000, hookTimeout: 1_800_000 } as const

/** Tests against other people's programs: PHP, Laravel, age, Docker, Kubernetes, the other readers of `.env`. */
export default defineConfig({
  test: {
    globalSetup: "test/real/binaries.ts",
    sequence: { sequencer: longestFirst(longest) },
    projects: [
      {
        test: {
          ...common,
          name: "side by side",
          include: ["test/real/**/*.real.ts"],
          exclude: inTurn,
          // Most of them wait for a control plane.
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: "in turn",
          include: inTurn,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: "binary",
          include: onBothRuntimes,
          env: { ENVSEAL_TEST: "binary" },
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})

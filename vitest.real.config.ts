import { defineConfig } from "vitest/config"

/** They share one Docker engine, make binaries for every target, or leave no core to others. */
const inTurn = [
  "test/real/docker/**/*.real.ts",
  "test/real/chain/**/*.real.ts",
  "test/real/shapes/**/*.real.ts",
  "test/real/binary.real.ts",
  "test/real/race.real.ts",
  "test/real/release.real.ts",
]

/** Races and kills are run on both runtimes, which write in different ways. The binary starts in a fifth of the time. */
const onBothRuntimes = ["test/real/race.real.ts", "test/real/kill.real.ts"]

const common = { testTimeout: 600_000, hookTimeout: 600_000 } as const

/** Tests against other people's programs: PHP, Laravel, age, Docker, Kubernetes, the other readers of `.env`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "side by side",
          include: ["test/real/**/*.real.ts"],
          exclude: inTurn,
          // Most of them wait for a control plane.
          maxWorkers: 3,
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

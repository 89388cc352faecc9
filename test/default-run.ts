/** The two projects of the configuration: Node, with all that needs no process, and the binary. */
export type ProjectName = "node" | "binary"

/** Files that `npm test` does not run. `npm run test:all` runs them. */
export interface LeftOut {
  readonly project: ProjectName
  /** Patterns, from the root of the repository. */
  readonly files: readonly string[]
  readonly why: string
}

/** All that `npm test` leaves out. The rest it runs, with a fifth of the runs of each property. */
export const leftOut: readonly LeftOut[] = [
  {
    project: "node",
    files: ["test/fake/{aws,kubernetes}/**/*.test.ts"],
    why: "They are about the fakes, and the product is not in them. What a fake answers wrongly fails elsewhere.",
  },
  {
    project: "node",
    files: ["test/adapters/{aws,kubernetes}/runtimes.test.ts"],
    why: "They start a process for each question and runtime. The scripts ask the same from the binary, over TLS.",
  },
  {
    project: "node",
    files: [
      "test/script/{bad-input,commands,config,hostile,scan,sinks}.test.ts",
      "test/script/{deploy,doctor,env,init,status}/**/*.test.ts",
      "test/script/aws/{canary,config,credentials,failures,profile,regions,roles}.test.ts",
    ],
    why: "The binary runs them, at a seventh of the CPU time. What can differ on Node stays: exec and signals, TLS, modules, canaries.",
  },
  {
    project: "binary",
    files: ["test/script/aws/modules.test.ts"],
    why: "It is about the modules of Node.",
  },
]

/** The patterns that are left out of a project. */
export function leftOutOf(project: ProjectName): string[] {
  return leftOut.filter((one) => one.project === project).flatMap(({ files }) => files)
}

import { allOf, type Choice, type ProjectName } from "./projects.ts"

/** Files that `npm test` does not run. `npm run test:all` runs them after it. */
export interface LeftOut {
  readonly project: ProjectName
  /** Patterns, from the root of the repository. */
  readonly files: readonly string[]
  readonly why: string
}

/** All that `npm test` leaves out. The rest it runs, with a fifth of the runs of each property. */
export const leftOut: readonly LeftOut[] = [
  {
    project: "unit",
    files: ["test/fake/{aws,kubernetes}/**/*.test.ts"],
    why: "They are about the fakes, and the product is not in them. What a fake answers wrongly fails elsewhere.",
  },
  {
    project: "unit",
    files: ["test/adapters/{aws,kubernetes}/runtimes.test.ts", "test/adapters/node/bounded-program.test.ts"],
    why: "They start a process for each question and runtime. The scripts ask the same from the binary, over TLS.",
  },
  {
    project: "unit",
    files: ["test/docs/{library,picture}.test.ts"],
    why: "They start a program for each example of the library, and play three deploys. Both are tested without.",
  },
  {
    project: "node",
    files: [
      "test/script/!(exec).test.ts",
      "test/script/{deploy,doctor,env,init,mistakes,open,pages,reseal,secret,status}/**/*.test.ts",
      "test/script/aws/!(modules|tls).test.ts",
    ],
    why: "The binary runs the main path, at a seventh of the CPU time. What differs most on Node stays: exec and signals, TLS, modules.",
  },
  {
    project: "binary",
    files: ["test/script/aws/modules.test.ts"],
    why: "It is about the modules of Node.",
  },
  {
    project: "binary",
    files: ["test/script/deploy/!(deploy|rollback).test.ts"],
    why: "The deploy core, its simulator and the fakes decide the same without a program. One deploy and one rollback stay.",
  },
  {
    project: "binary",
    files: ["test/script/{status,env,init,secret}/**/*.test.ts", "test/script/doctor/!(healthy).test.ts"],
    why: "The use cases and views are tested without a program. One doctor's walk through every link stays.",
  },
  {
    project: "binary",
    files: ["test/script/reseal/!(reseal).test.ts"],
    why: "What is refused is decided the same without a program, and some of it waits for limits of time. What is done stays.",
  },
  {
    project: "binary",
    files: ["test/script/aws/!(roles|tls|modules).test.ts"],
    why: "The adapters' tests ask the same of the fakes, and these wait for limits of time. The roles and TLS stay.",
  },
  {
    project: "binary",
    files: [
      "test/script/{bad-input,not-started,sinks}.test.ts",
      "test/script/open/reading.test.ts",
      "test/script/mistakes/*.test.ts",
    ],
    why: "They start the program some hundred times, for each form of a fault that a test without a program knows too.",
  },
]

/** The patterns that are left out of a project. */
export function leftOutOf(project: ProjectName): string[] {
  return leftOut.filter((one) => one.project === project).flatMap(({ files }) => files)
}

/** What `npm test` runs of a project. */
export function defaultOf(project: ProjectName): Choice {
  const { include, exclude } = allOf(project)
  return { include, exclude: [...exclude, ...leftOutOf(project)] }
}

/** What it leaves out. */
export function restOf(project: ProjectName): Choice {
  return { include: leftOutOf(project), exclude: allOf(project).exclude }
}

import type { Asker } from "../../ports/asker.ts"
import type { GivenAnswers, InitAnswers } from "../core/answers.ts"
import type { Conclusion } from "../core/conclusion.ts"
import type { NextStep } from "../core/file.ts"
import { initFiles, sitesOf } from "./init-files.ts"
import { initNextSteps } from "./init-next-steps.ts"
import { Interview } from "./interview.ts"
import {
  type Conflict,
  type Decide,
  type Decision,
  decideBeside,
  type Placed,
  planFiles,
} from "./place-files.ts"
import { placeWarning } from "./place-warning.ts"
import { answersFor } from "./proposal.ts"
import { type FoundRepository, type LookPorts, lookAround } from "./repository-look.ts"

export interface InitRequest {
  readonly given: GivenAnswers
  /** Write nothing. */
  readonly dryRun: boolean
  /** Add to a file what it lacks, without asking, where nothing of it is lost. */
  readonly adds: boolean
}

export interface InitPorts extends LookPorts {
  /** `null` to ask nobody: what is suggested is taken, and no file that is there is written over. */
  readonly asker: Asker | null
  /** Shows lines to a person: what is asked about, and what is added without asking. */
  readonly show: (lines: readonly string[]) => void
  readonly warn: (text: string) => void
}

export interface InitResult {
  readonly environments: readonly string[]
  /** What the app needs, and what says so. */
  readonly concluded: readonly Conclusion[]
  readonly placed: readonly Placed[]
  /** Paths of the files that are new, or would be without `dryRun`. */
  readonly written: readonly string[]
  readonly next: readonly NextStep[]
}

/**
 * Sets up a repository: looks at what is there, gathers the answers, writes all files or none.
 *
 * @throws EnvsealError `USAGE` for answers that are missing or wrong, and what `placeFiles` throws.
 */
export async function init({ given, dryRun, adds }: InitRequest, ports: InitPorts): Promise<InitResult> {
  const around = await lookAround(ports)
  const place = placeWarning(around)
  if (ports.asker !== null && place !== null) ports.warn(`${place}; Ctrl-C leaves, and nothing is written`)
  const answers = await answersFor(given, around, new Interview(ports.asker, around))
  const { placed, changes } = await planFiles(initFiles(answers, around), ports, deciderOf(ports, adds))
  if (!dryRun && changes.length > 0) await ports.tree.write(changes)
  const sites = sitesOf(answers, around)
  return {
    environments: answers.environments,
    concluded: [
      phpConclusion(answers, around),
      ...around.app.conclusions,
      ...around.around.workloads.map(({ text, path }) => ({ what: `the workload ${text}`, from: path })),
    ],
    placed,
    written: changes.map(({ path }) => path),
    next: initNextSteps(answers, sites, around, placed),
  }
}

function phpConclusion({ baseImage }: InitAnswers, { app, composer }: FoundRepository): Conclusion {
  const required = composer?.php ?? null
  const others = app.php.length > 1 ? ", and composer.lock" : ""
  const from = required === null ? "nothing says which PHP" : `php ${required} in composer.json${others}`
  return { what: `the image ${baseImage}`, from }
}

function deciderOf({ asker, show }: InitPorts, adds: boolean): Decide {
  if (asker !== null) return (conflict) => askAbout(conflict, asker, show)
  return async (conflict) => {
    if (!conflict.onlyAdds) return decideBeside(conflict)
    if (adds) show(conflict.difference)
    return adds ? "add" : "keep"
  }
}

async function askAbout(
  { path, beside, difference, onlyAdds }: Conflict,
  asker: Asker,
  show: InitPorts["show"],
): Promise<Decision> {
  show(difference)
  const leave = { name: "leave it, and write nothing", value: "keep" } as const
  if (onlyAdds) {
    return asker.choose(`${path} is there already, and lacks this`, [{ name: "add it", value: "add" }, leave])
  }
  return asker.choose(`${path} is there already`, [
    { name: `write ${beside} beside it`, value: "beside" },
    leave,
    { name: "replace it", value: "replace" },
  ])
}

import { nameList } from "../../core/text.ts"
import { isKnownReader, type ReadingFacts, type ReadingProblem } from "./reading.ts"

const maxNames = 6

/** Whether variables get to the app, or keep what is opened from it. */
export function judgeEnvironment(facts: ReadingFacts): readonly ReadingProblem[] {
  return facts.planned === null ? judgeCleared(facts) : judgeOverrides(facts)
}

/** With `--env`: whether anything takes the variables away again. */
function judgeCleared({ app, withheld }: ReadingFacts): ReadingProblem[] {
  if (app === null) return []
  const code = "VARIABLES_DROPPED"
  const problem = { code, remedy: "write a file instead: drop --env" } as const
  if (app.clearing !== null) {
    const { by, isCertain } = app.clearing
    const reason = `starts the app without the variables of --env${isCertain ? "" : ", unless its configuration keeps them"}`
    return [{ ...problem, name: by, verdict: isCertain && app.isDirect ? "refused" : "warned", reason }]
  }
  if (app.kind === "cron") {
    return [{ ...problem, name: app.name, verdict: "warned", reason: "gives its jobs no variables of --env" }]
  }
  if (withheld.length > 0) {
    const names = nameList(withheld, maxNames)
    const reason = `does not hand on ${names} of --env: clear_env is not no in its pools, nor has each an env[NAME]`
    const remedy = `${problem.remedy}, or set clear_env = no`
    return [{ ...problem, name: app.name, verdict: "warned", reason, remedy }]
  }
  return []
}

/** Laravel and every common reader let the environment win, even when it is empty. */
function judgeOverrides(facts: ReadingFacts): ReadingProblem[] {
  const links = namesOf(facts, true)
  const others = namesOf(facts, false)
  const problems: ReadingProblem[] = []
  if (links.length > 0) {
    problems.push({
      verdict: isKnownReader(facts) ? "refused" : "warned",
      code: "SERVICE_LINK",
      name: nameList(links, maxNames),
      reason: `${isOrAre(links)} set in the environment to the address of a service, and ${winOrWins(links)} over the file`,
      remedy: "set enableServiceLinks: false in the pod, drop --link, or rename the service",
    })
  }
  if (others.length > 0) {
    problems.push({
      verdict: "warned",
      code: "ENVIRONMENT_WINS",
      name: nameList(others, maxNames),
      reason: `${isOrAre(others)} set in the environment, and ${winOrWins(others)} over the file`,
      remedy: "unset it where the container is defined, or leave it out of the secret",
    })
  }
  return problems
}

function namesOf({ overrides }: ReadingFacts, isServiceLink: boolean): string[] {
  return overrides.filter((one) => one.isServiceLink === isServiceLink).map(({ name }) => name)
}

function isOrAre({ length }: readonly string[]): string {
  return length === 1 ? "is" : "are"
}

function winOrWins({ length }: readonly string[]): string {
  return length === 1 ? "wins" : "win"
}

/** What Docker's links and Kubernetes set for each service: `REDIS_PORT=tcp://10.0.0.11:6379`. */
export function isServiceLink(name: string, value: string): boolean {
  if (/_PORT(?:_\d+_(?:TCP|UDP|SCTP))?$/.test(name)) return /^(?:tcp|udp|sctp):\/\/\S+:\d+$/.test(value)
  return false
}

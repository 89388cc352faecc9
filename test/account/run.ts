import { guardStep, tearDownSteps, trialSteps } from "./steps.ts"
import type { TrialRequest, TrialStep } from "./trial.ts"

/** What a run touches of the world. */
export interface TrialPorts {
  /** Runs a command to its end in the copy of the app. Its standard error goes to the person. */
  readonly run: (
    words: readonly string[],
    input: string | null,
  ) => Promise<{ readonly status: number; readonly stdout: string }>
  readonly say: (line: string) => void
  readonly wait: (ms: number) => Promise<void>
  /** Whether somebody wants it to end: then it tears down at once. */
  readonly isStopped: () => boolean
}

const betweenMs = 10_000
const mostTries = 120

/**
 * Sets up, seals, deploys, reseals, rolls back and tears down. Whatever fails, it tears down what was made.
 *
 * @returns whether all of it went well, tearing down included.
 */
export async function runTrial(request: TrialRequest, ports: TrialPorts): Promise<boolean> {
  const learned = new Map<string, string>()
  const guard = await runStep(guardStep(request), learned, ports)
  if (!guard || learned.get("account") !== request.account) {
    ports.say(`the caller is not in ${request.account}: nothing was made`)
    return false
  }
  const begun = new Set<string>()
  let isGood = true
  for (const step of trialSteps(request)) {
    isGood = !ports.isStopped()
    if (!isGood) break
    begun.add(step.title)
    isGood = await runStep(step, learned, ports)
    if (!isGood) break
  }
  return (await tearDown(request, { learned, begun }, ports)) && isGood
}

/** What was begun may be there. Whatever cannot be deleted stops nothing, and is told. */
async function tearDown(
  request: TrialRequest,
  { learned, begun }: { readonly learned: Map<string, string>; readonly begun: ReadonlySet<string> },
  ports: TrialPorts,
): Promise<boolean> {
  const failed: string[] = []
  for (const step of tearDownSteps(request)) {
    if (step.undoes !== undefined && !begun.has(step.undoes)) continue
    if (!(await runStep(step, learned, ports))) failed.push(step.title)
  }
  if (failed.length > 0) ports.say(`left to look at by hand: ${failed.join("; ")}`)
  return failed.length === 0
}

async function runStep(
  { title, words, learns, input, until }: TrialStep,
  learned: Map<string, string>,
  { run, say, wait, isStopped }: TrialPorts,
): Promise<boolean> {
  say(title)
  for (let tries = 1; ; tries += 1) {
    const { status, stdout } = await run(words(learned), input ?? null)
    const last = stdout.trimEnd().split("\n").at(-1)?.trim() ?? ""
    if (status !== 0 || (learns !== undefined && last === "")) {
      say(`failed: ${title}`)
      return false
    }
    if (learns !== undefined) learned.set(learns, last)
    if (until === undefined || last === until) return true
    if (last !== "IN_PROGRESS" || tries === mostTries || isStopped()) {
      say(`failed: ${title}: ${last}`)
      return false
    }
    await wait(betweenMs)
  }
}

import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { shellWord } from "../../core/shell.ts"
import { printable } from "../../core/text.ts"
import type { Resolution, SourceRepository } from "../../ports/repository.ts"
import type { Home } from "../core/home.ts"
import type { Plan, Start } from "../core/plan.ts"
import { leaseName } from "./lock.ts"
import type { Scope } from "./rights.ts"

/** How long a remote may be silent before a run gives up on it, in milliseconds. */
export const silenceMs = 10 * 60_000

/** What the user may change of a run. */
export interface PlanOptions {
  readonly start: Start
  readonly pollMs: number | null
  /** Whether a failed rollout stays as it is. */
  readonly keep: boolean
}

export function planOf(settings: EnvironmentSettings, { start, pollMs, keep }: PlanOptions): Plan {
  const names = (hooks: readonly { readonly name: string }[]) => hooks.map(({ name }) => name)
  const { before, after } = settings.hooks
  return {
    environment: settings.name,
    start,
    hooks: start.type === "back" ? { before: [], after: [] } : { before: names(before), after: names(after) },
    rollback: settings.rollout.rollback && !keep,
    pollMs,
    limits: {
      buildMs: settings.build?.timeoutMs ?? 60 * 60_000,
      stallMs: settings.rollout.timeoutMs,
      settleMs: settings.rollout.settleMs,
      silenceMs,
    },
  }
}

export function scopeOf({ app, name, workloads, hooks }: EnvironmentSettings): Scope {
  return {
    workloads: workloads.map(({ kind, name: workload }) => ({ kind, name: workload })),
    hooks: hooks.before.length + hooks.after.length > 0,
    lease: leaseName(app, name),
  }
}

/** What is written on workloads of where they belong. */
export function homeOf({
  app,
  name,
  account,
  region,
  secrets,
}: Pick<EnvironmentSettings, "app" | "name" | "account" | "region" | "secrets">): Home {
  return { app, environment: name, account, region, secrets }
}

/**
 * The commit to build: a branch is turned into the commit it stands for now, so that a push meanwhile does not change
 * what is built.
 *
 * @param source a branch, tag, pull request or commit; `null` for what the project itself builds.
 * @throws EnvsealError `COMMIT_UNKNOWN`.
 */
export async function resolveCommit(
  source: string | null,
  location: string | null,
  repository: SourceRepository,
): Promise<string | null> {
  if (source === null || /^[0-9a-f]{40}$/.test(source)) return source
  const found = await repository.resolve(location, source)
  if (found.type === "commit") return found.commit
  const [message, hint] = unresolved(printable(source), found)
  throw new EnvsealError("COMMIT_UNKNOWN", message, { hint })
}

function unresolved(
  source: string,
  found: Exclude<Resolution, { type: "commit" }>,
): readonly [string, string] {
  if (found.type === "fork") {
    return [
      `${source} is a pull request of a fork: its commit ${found.commit} is on no branch of the repository`,
      `push it to a branch, from which CodeBuild gets it: git push origin ${found.commit}:refs/heads/BRANCH`,
    ]
  }
  const whole = `give the whole commit id: --commit "$(git rev-parse ${shellWord(source)})"`
  if (found.type === "several") return [`several commits begin with ${source}`, whole]
  if (/^[0-9a-f]{4,39}$/.test(source)) {
    return [`${source} is no branch or tag, and no commit is known here that begins so`, whole]
  }
  if (/^pr\/\d+$/.test(source)) {
    return [
      `there is no pull request ${source} in the repository`,
      "look at its number, or give its branch: --source BRANCH",
    ]
  }
  return [
    `there is no branch or tag ${source} in the repository`,
    "push it first, or give a whole commit id: --commit ID",
  ]
}

import { gitCommits } from "../../adapters/node/commit-book.ts"
import { printable } from "../../core/text.ts"
import { passageOf } from "../core/passage.ts"
import type { DeployState } from "../core/state.ts"
import { distanceText } from "../view/release-words.ts"

/** Tells how many commits a deploy has brought, where the working directory's repository knows them. */
export async function tellCommits(state: DeployState, say: (text: string) => void): Promise<void> {
  const { from, to } = passageOf(state)
  const [since, commit] = [from?.commit, to?.commit]
  if (since === undefined || commit === undefined || since === commit) return
  const [distance, subject] = await Promise.all([
    gitCommits.distance(since, commit),
    gitCommits.subject(commit),
  ])
  if (distance === null || subject === null) return
  say(`${distanceText(distance, since)}: ${printable(subject)}`)
}

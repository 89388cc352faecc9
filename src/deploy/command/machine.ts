import { hostname, userInfo } from "node:os"
import type { Machine } from "../run/author.ts"

/** Variables that a CI sets for its jobs: of most of them, of AWS CodeBuild, and of Jenkins. */
const ofJobs = ["CI", "CODEBUILD_BUILD_ID", "JENKINS_URL"]

/** This machine, and whether it works for a CI. */
export function machineOf(environment: Readonly<Record<string, string | undefined>>): Machine {
  const isShared = ofJobs.some((name) => (environment[name] ?? "") !== "" && environment[name] !== "false")
  return { user: userName(), host: hostname(), isShared }
}

/** A user id that has no name is an error to Node, and `unknown` to Bun. */
function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

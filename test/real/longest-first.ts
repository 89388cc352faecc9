import { BaseSequencer, type TestSpecification } from "vitest/node"

/**
 * The files that take longest, in the order in which they begin. The first two have the real node in turn, and while the
 * first has it, the other one builds its images. Files that have a Docker engine are far enough from each other.
 */
const first = [
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

/** Begins with the longest, so that none of them is left alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || placeOf(one) - placeOf(other))
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = first.findIndex((end) => moduleId.endsWith(end))
  return place < 0 ? first.length : place
}

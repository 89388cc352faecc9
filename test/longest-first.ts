import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from "vitest/node"

/**
 * A sequencer that begins with the files which take longest, so that none of them is left alone at the end.
 *
 * @param first the ends of their paths, in the order in which they begin
 */
export function longestFirst(first: readonly string[]): TestSequencerConstructor {
  const placeOf = ({ moduleId }: TestSpecification): number => {
    const place = first.findIndex((end) => moduleId.endsWith(end))
    return place < 0 ? first.length : place
  }
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files)
      return sorted.sort((one, other) => groupOf(one) - groupOf(other) || placeOf(one) - placeOf(other))
    }
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

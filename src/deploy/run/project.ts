import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { Builder } from "../../ports/builder.ts"
import type { Plan } from "../core/plan.ts"

/** Sources to which CodeBuild takes no commit. */
const withoutCommits = ["S3", "NO_SOURCE", "CODEPIPELINE"]

/**
 * Whether the project is there, and builds what is asked for.
 *
 * @throws EnvsealError `PROJECT_UNUSABLE`, and what the port throws.
 */
export async function checkProject(
  { plan, settings }: { readonly plan: Plan; readonly settings: Pick<EnvironmentSettings, "build"> },
  builder: Pick<Builder, "project">,
): Promise<void> {
  const { start } = plan
  const starts = start.type === "build" || (start.type === "reseal" && start.build === null)
  if (!starts || settings.build === null) return
  const { project } = settings.build
  const found = await builder.project(project)
  if (found === null) {
    throw new EnvsealError("PROJECT_UNUSABLE", `there is no CodeBuild project ${project}`, {
      hint: "look at build.project in envseal.yaml, and at account and Region: aws codebuild list-projects",
    })
  }
  const commit = start.type === "build" ? start.commit : null
  if (commit !== null && withoutCommits.includes(found.sourceType)) {
    throw new EnvsealError(
      "PROJECT_UNUSABLE",
      `the source of the CodeBuild project ${project} is ${found.sourceType}, which has no commits, and ${commit} is to be built`,
      { hint: "leave build.source out, and --source, or make the project's source the repository" },
    )
  }
  if (found.sourceType === "CODEPIPELINE") {
    throw new EnvsealError(
      "PROJECT_UNUSABLE",
      `the CodeBuild project ${project} is started by its pipeline alone`,
      {
        hint: "use a project with its own source, or deploy what the pipeline built: envseal deploy --image",
      },
    )
  }
  if (found.batch) {
    throw new EnvsealError(
      "PROJECT_UNUSABLE",
      `the CodeBuild project ${project} builds batches, which envseal does not`,
      {
        hint: "use a project without a batch configuration, or deploy its image: envseal deploy --image",
      },
    )
  }
}

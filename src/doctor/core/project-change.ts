import type { EnvironmentSettings } from "../../config/settings.ts"
import type { BuildProject } from "../../core/build.ts"
import { awsText, commandLine, type Remedy } from "./remedy.ts"

/** Changes members of a part of the project; an update takes the whole part, so what is there is asked for first. */
export function changePart(
  settings: EnvironmentSettings,
  { name }: BuildProject,
  part: "source" | "environment",
  members: Readonly<Record<string, unknown>>,
): Remedy {
  const changes = Object.entries(members).map(([key, value]) => `${key}: \`${JSON.stringify(value)}\``)
  const query = `merge(projects[0].${part}, {${changes.join(", ")}})`
  const whole = awsText(
    settings,
    ...["codebuild", "batch-get-projects", "--names", name, "--output", "json", "--query", query],
  )
  const update = awsText(settings, "codebuild", "update-project", "--name", name, `--${part}`)
  return commandLine(`${update} "$(${whole})"`)
}

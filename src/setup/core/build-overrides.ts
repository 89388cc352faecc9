import type { Statement } from "../../core/iam.ts"

const action = "codebuild:StartBuild"

/** Overrides that let who starts a build run code of theirs in it, or with another role. */
const runCode = {
  DenyBuildspec: "codebuild:source.buildspec",
  DenySource: "codebuild:source.location",
  DenyImage: "codebuild:environment.image",
  DenyServiceRole: "codebuild:serviceRole",
} as const

/**
 * The other overrides of StartBuild that AWS has condition keys for (Service authorization reference, "AWS CodeBuild").
 * Left out are `codebuild:environment`, which is there with any variable, and `codebuild:source`, for AWS does not say
 * whether the version of the source counts as one.
 */
const others = [
  "codebuild:artifacts",
  "codebuild:autoRetryLimit",
  "codebuild:cache",
  "codebuild:encryptionKey",
  "codebuild:environment.certificate",
  "codebuild:environment.computeType",
  "codebuild:environment.fleet.fleetArn",
  "codebuild:environment.imagePullCredentialsType",
  "codebuild:environment.privilegedMode",
  "codebuild:environment.registryCredential",
  "codebuild:environment.type",
  "codebuild:logsConfig",
  "codebuild:secondaryArtifacts",
  "codebuild:secondarySources",
  "codebuild:source.auth.type",
  "codebuild:source.buildStatusConfig.context",
  "codebuild:source.buildStatusConfig.targetUrl",
  "codebuild:source.insecureSsl",
] as const

/**
 * Starts builds as the project says, with another version of the source or other variables alone. What runs code is
 * denied too, so that no other policy of the same identity gives it back.
 *
 * @param project ARN of the project.
 */
export function startStatements(project: string): Statement[] {
  const absent = Object.fromEntries([...Object.values(runCode), ...others].map((key) => [key, "true"]))
  return [
    { Sid: "Start", Effect: "Allow", Action: action, Resource: project, Condition: { Null: absent } },
    // One for each: the keys of one condition must all hold.
    ...Object.entries(runCode).map(
      ([Sid, key]): Statement => ({
        Sid,
        Effect: "Deny",
        Action: action,
        Resource: project,
        Condition: { Null: { [key]: "false" } },
      }),
    ),
  ]
}

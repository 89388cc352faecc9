import { Argument, type Command } from "commander"
import type { PolicyKind } from "../../app/policy.ts"
import { addTalkOptions, type CommonOptions, collect } from "../options.ts"
import { printLines } from "../output.ts"

interface PolicyOptions extends CommonOptions {
  readonly environment?: string
  readonly context?: readonly string[]
  readonly kmsKey?: readonly string[]
  readonly secret?: readonly string[]
  readonly secretKey?: readonly string[]
  readonly project?: string
  readonly repository?: string
  readonly cluster?: string
  readonly buildRole?: string
  readonly podRole?: string
}

const kinds: readonly PolicyKind[] = ["build", "pod", "deployer", "key"]

export function addPolicy(program: Command): void {
  const command = program
    .command("policy")
    .description("print the least policy for the build, the pod or the deployer, or the key's own")
    .addArgument(new Argument("<for>", "whose policy").choices(kinds))
    .option("-e, --environment <name>", "the same as --context environment=NAME")
    .option("-c, --context <pairs>", "what is sealed and expected: app=shop ; repeatable", collect)
    .option("--kms-key <arn>", "a key that envelopes are wrapped under; repeatable", collect)
    .option("--secret <arn>", "a secret of the environment; repeatable", collect)
    .option("--secret-key <arn>", "the KMS key that the secret itself is kept under; repeatable", collect)
    .option("--project <arn>", "deployer: the CodeBuild project")
    .option("--repository <arn>", "deployer: the ECR repository")
    .option("--cluster <arn>", "deployer: the EKS cluster")
    .option("--build-role <arn>", "key: the role of the build")
    .option("--pod-role <arn>", "key: the role of the pods")
  addTalkOptions(command)
    .addHelpText(
      "after",
      `
Nothing is asked of AWS. docs/aws.md tells why each statement is there.

Example:
  $ envseal policy pod -e production -c app=shop \\
      --kms-key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    )
    .action(run)
}

async function run(kind: PolicyKind, options: PolicyOptions): Promise<void> {
  const [{ makePolicy }, { parseContext }] = await Promise.all([
    import("../../app/policy.ts"),
    import("../../envelope/context.ts"),
  ])
  const { environment } = options
  const pairs = environment === undefined ? [] : [`environment=${environment}`]
  const policy = makePolicy(kind, {
    context: parseContext([...(options.context ?? []), ...pairs], "--context"),
    kmsKeys: options.kmsKey ?? [],
    secrets: options.secret ?? [],
    secretKeys: options.secretKey ?? [],
    project: options.project ?? null,
    repository: options.repository ?? null,
    cluster: options.cluster ?? null,
    buildRole: options.buildRole ?? null,
    podRole: options.podRole ?? null,
  })
  printLines([JSON.stringify(policy, null, 2)])
}

import { Argument, type Command } from "commander"
import { addLogOptions, type CommonOptions, collect } from "../../cli/options.ts"
import { printDocument } from "../../cli/output.ts"
import { addConfigOption, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { Context } from "../../envelope/context.ts"
import type { PolicyKind, PolicyRequest } from "../core/policy.ts"

interface PolicyOptions extends CommonOptions, SettingsOptions {
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

const kinds: readonly PolicyKind[] = ["build", "pod", "deployer", "editor", "key"]
/** What deploys needs a policy in AWS, and a Role in the cluster. */
const cluster = "cluster"

export function addPolicy(program: Command): void {
  const command = program
    .command("policy")
    .description(
      "print the least policy for the build, the pod, the deployer or who edits the secret, the key's own, or the cluster's Role",
    )
    .addArgument(new Argument("<for>", "whose policy").choices([...kinds, cluster]))
    .option(
      "-e, --environment <name>",
      "take what is not given here from this environment of envseal.yaml; without such a file, the same as --context environment=NAME",
    )
    .option("-c, --context <pairs>", "what is sealed and expected: app=shop ; repeatable", collect)
    .option("--kms-key <arn>", "a key that envelopes are wrapped under; repeatable", collect)
    .option("--secret <arn>", "a secret of the environment; repeatable", collect)
    .option("--secret-key <arn>", "the KMS key that the secret itself is kept under; repeatable", collect)
    .option("--project <arn>", "deployer: the CodeBuild project")
    .option("--repository <arn>", "deployer, and build to reseal: the ECR repository")
    .option("--cluster <arn>", "deployer: the EKS cluster")
    .option("--build-role <arn>", "key: the role of the build")
    .option("--pod-role <arn>", "key: the role of the pods")
  addLogOptions(addConfigOption(command))
    .addHelpText(
      "after",
      `
Nothing is asked of AWS. docs/aws.md tells why each statement is there. For the
cluster it is the deployer's Role, as JSON that kubectl takes.

Examples:
  $ envseal policy pod -e production
  $ envseal policy cluster -e production | kubectl apply -f -
  $ envseal policy pod -e production -c app=shop \\
      --kms-key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-…`,
    )
    .action(run)
}

async function run(kind: PolicyKind | typeof cluster, options: PolicyOptions): Promise<void> {
  const settings = await settingsOf(options, { parents: true, fileOptional: kind !== cluster })
  if (kind === cluster) return printRole(settings)
  const { makePolicy } = await import("../core/policy.ts")
  const policy = makePolicy(kind, await requestOf(kind, options, settings))
  printDocument(policy)
}

async function printRole(settings: EnvironmentSettings | null): Promise<void> {
  if (settings === null) {
    throw new EnvsealError("USAGE", "policy cluster is given without an environment", {
      hint: "name one of envseal.yaml: envseal policy cluster -e production",
    })
  }
  const [{ demand }, { deployerRole }] = await Promise.all([
    import("../../config/demand.ts"),
    import("../run/deployer-role.ts"),
  ])
  const { cluster: place } = demand(settings, ["cluster", "workloads"], "envseal policy cluster")
  printDocument(deployerRole(settings, place.namespace))
}

/** What the command line says, then what the settings say. */
async function requestOf(
  kind: PolicyKind,
  options: PolicyOptions,
  settings: EnvironmentSettings | null,
): Promise<PolicyRequest> {
  const { policyRequestOf } = await import("../core/policy-request.ts")
  const base = settings === null ? empty : policyRequestOf(kind, settings)
  return {
    context: options.context === undefined && settings !== null ? base.context : await givenContext(options),
    kmsKeys: options.kmsKey ?? base.kmsKeys,
    ...(options.kmsKey === undefined && base.keyAliases !== undefined ? { keyAliases: base.keyAliases } : {}),
    secrets: options.secret ?? base.secrets,
    secretKeys: options.secretKey ?? base.secretKeys,
    project: options.project ?? base.project,
    repository: options.repository ?? base.repository,
    cluster: options.cluster ?? base.cluster,
    buildRole: options.buildRole ?? base.buildRole,
    podRole: options.podRole ?? base.podRole,
  }
}

async function givenContext({ context = [], environment }: PolicyOptions): Promise<Context> {
  const { parseContext } = await import("../../envelope/context.ts")
  const pairs = environment === undefined ? [] : [`environment=${environment}`]
  return parseContext([...context, ...pairs], "--context")
}

const empty: PolicyRequest = {
  context: {},
  kmsKeys: [],
  secrets: [],
  secretKeys: [],
  project: null,
  repository: null,
  cluster: null,
  buildRole: null,
  podRole: null,
}

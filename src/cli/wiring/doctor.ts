import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { DoctorPorts } from "../../doctor/run/doctor.ts"
import type { CallerPorts, DeployerPorts, RepositoryPorts } from "../../doctor/run/ports.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { Deadline } from "../deadline.ts"
import type { CommandLog } from "../log.ts"
import { type AwsAccess, awsAccess } from "./aws.ts"
import { connectCluster } from "./cluster.ts"
import { makePorts } from "./envelope.ts"

/** What an examination is wired with. */
export interface DoctorWiring {
  readonly log: CommandLog
  readonly deadline: Deadline
  /** Path of the settings file. */
  readonly file: string
}

/** The real world for an examination. Each environment has its own Region and credentials. */
export async function makeDoctorPorts(wiring: DoctorWiring): Promise<DoctorPorts> {
  const repository = await repositoryPorts(wiring.file)
  return {
    repository,
    deployer: (settings) => deployerPorts(settings, wiring, repository),
    build: async (settings) => {
      const [{ ports, aws }, { AwsImageStore }] = await Promise.all([
        callerPorts(settings, wiring),
        import("../../adapters/aws/image-store.ts"),
      ])
      const images = new AwsImageStore(aws.settings, aws.credentials)
      return { ...ports, images, sealing: sealingPorts(settings, wiring) }
    },
    pod: async (settings) => ({
      ...(await callerPorts(settings, wiring)).ports,
      environment: process.env,
    }),
  }
}

/** @param file path of the settings file, beside which the repository's other files are. */
export async function repositoryPorts(file: string): Promise<RepositoryPorts> {
  const [{ nodeFiles }, { nodeFolders }] = await Promise.all([
    import("../../adapters/node/files.ts"),
    import("../../adapters/node/folders.ts"),
  ])
  return { files: nodeFiles, folders: nodeFolders, root: file.slice(0, file.lastIndexOf("/") + 1) }
}

interface Caller {
  readonly ports: CallerPorts
  readonly aws: AwsAccess
}

async function callerPorts(settings: EnvironmentSettings, { log, deadline }: DoctorWiring): Promise<Caller> {
  const [{ AwsClock }, { AwsAccountService }, { AwsKeyInspector }, { AwsSecretInspector }] =
    await Promise.all([
      import("../../adapters/aws/clock.ts"),
      import("../../adapters/aws/account.ts"),
      import("../../adapters/aws/key-inspector.ts"),
      import("../../adapters/aws/secret-inspector.ts"),
    ])
  const clock = new AwsClock()
  const remainingMs = () => deadline.remainingMs()
  const rules = { log, clock, activity: deadline.activity, remainingMs, allowInstanceRole: false }
  const aws = await awsAccess(settings, rules)
  return {
    aws,
    ports: {
      account: new AwsAccountService(aws.settings, aws.credentials),
      clock,
      keys: new AwsKeyInspector(aws.settings, aws.credentials),
      secrets: new AwsSecretInspector(aws.settings, aws.credentials),
      patience: deadline,
      platform: process.platform,
    },
  }
}

async function deployerPorts(
  settings: EnvironmentSettings,
  wiring: DoctorWiring,
  repository: RepositoryPorts,
): Promise<DeployerPorts> {
  const [
    { ports, aws },
    { AwsBuilder },
    { AwsRegistry },
    { AwsImageStore },
    { AwsPodIdentities },
    { gitOrigin },
  ] = await Promise.all([
    callerPorts(settings, wiring),
    import("../../adapters/aws/builder.ts"),
    import("../../adapters/aws/registry.ts"),
    import("../../adapters/aws/image-store.ts"),
    import("../../adapters/aws/pod-identity.ts"),
    import("../../adapters/node/git.ts"),
  ])
  return {
    ...ports,
    ...repository,
    builder: new AwsBuilder(aws.settings, aws.credentials),
    repositories: new AwsRegistry(aws.settings, aws.credentials),
    images: new AwsImageStore(aws.settings, aws.credentials),
    podIdentities: new AwsPodIdentities(settings.region ?? "", aws.settings, aws.credentials),
    origin: gitOrigin,
    cluster: async () => connectCluster(demand(settings, ["cluster"], "envseal doctor"), aws, wiring.log),
  }
}

/** What seal's own checks work with. */
function sealingPorts(settings: EnvironmentSettings, { log, deadline }: DoctorWiring): Ports {
  return makePorts({ log, deadline, allowInstanceRole: false, place: settings })
}

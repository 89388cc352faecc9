import type { AccountService, PodIdentities } from "../../ports/account.ts"
import type { Builder } from "../../ports/builder.ts"
import type { RemoteClock } from "../../ports/clock.ts"
import type { Cluster, NamespaceReader } from "../../ports/cluster.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { Files, Folders } from "../../ports/files.ts"
import type { ImageReader } from "../../ports/image-store.ts"
import type { KeyInspector } from "../../ports/keys.ts"
import type { RepositoryInspector } from "../../ports/registry.ts"
import type { Origin } from "../../ports/repository.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { SecretInspector } from "../../ports/secrets.ts"
import type { Patience } from "../core/fact.ts"

/** The repository that is looked at. */
export interface RepositoryPorts {
  readonly files: Files
  readonly folders: Folders
  /** The folder of the settings file, before the path of each other file: empty, or it ends with `/`. */
  readonly root: string
}

/** Who asks, and with how much time. */
export interface CallerPorts {
  readonly account: AccountService
  readonly clock: RemoteClock
  readonly keys: KeyInspector
  readonly secrets: SecretInspector
  readonly patience: Patience
  /** As Node calls it, such as `linux`. */
  readonly platform: string
}

export interface DeployerPorts extends CallerPorts, RepositoryPorts {
  readonly builder: Pick<Builder, "project">
  readonly repositories: RepositoryInspector
  readonly images: ImageReader
  readonly podIdentities: PodIdentities
  readonly origin: Origin
  /** @throws EnvsealError when there is no way to it. */
  cluster(): Promise<
    Pick<Cluster, "name" | "server" | "serverName" | "whoAmI" | "missingRights" | "read"> & NamespaceReader
  >
}

export interface BuildPorts extends CallerPorts {
  readonly images: ImageReader
  /** What seal's own checks work with. */
  readonly sealing: Ports
}

export interface PodPorts extends CallerPorts {
  readonly environment: Environment
}

/** All that `envseal init` has to know. */
export interface InitAnswers {
  readonly app: string
  /** The first is the one that is built when nothing else is said. */
  readonly environments: readonly [string, ...string[]]
  readonly account: string
  readonly region: string
  /** Name of the EKS cluster; `null` for one that is reached by `clusterContext`. */
  readonly eks: string | null
  readonly clusterContext: string | null
  /** One for each environment. */
  readonly namespaces: Readonly<Record<string, string>>
  /** The ECR repository, as images name it. */
  readonly repository: string
  /** ARNs by environments; none for one that has no key yet. */
  readonly kmsKeys: Readonly<Record<string, string>>
  /** Who else can open what is sealed. */
  readonly recipients: readonly string[]
  readonly baseImage: string
  readonly source: string
  /** The image that carries envseal, by its digest; `null` when nobody has pushed it yet. */
  readonly binaryImage: string | null
  readonly healthPath: string
}

/** What the command line says, as it was typed. */
export interface GivenAnswers {
  readonly app?: string
  readonly env?: readonly string[]
  readonly account?: string
  readonly region?: string
  readonly eks?: string
  readonly clusterContext?: string
  readonly namespace?: string
  readonly repository?: string
  readonly kmsKey?: readonly string[]
  readonly recipient?: readonly string[]
  readonly baseImage?: string
  readonly source?: string
  readonly binaryImage?: string
  readonly healthPath?: string
}

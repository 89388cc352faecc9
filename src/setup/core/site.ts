/**
 * What the parts of one environment of an app are called, wherever they stand: in `envseal.yaml`, in manifests, in
 * templates for AWS. Nothing in it is secret.
 */
export interface Site {
  readonly app: string
  readonly environment: string
  /** Twelve digits. */
  readonly account: string
  readonly region: string
  /** Name of the secret in Secrets Manager. */
  readonly secret: string
  /** Alias of the KMS key, such as `alias/envseal-shop-production`. */
  readonly keyAlias: string
  /** ARN of the KMS key; `null` until there is one. */
  readonly kmsKey: string | null
  /** Name of the CodeBuild project. */
  readonly project: string
  /** What is built by default: a branch, tag or commit. */
  readonly source: string
  /** URL of the app's repository; `null` when it is not known. */
  readonly sourceUrl: string | null
  /** The ECR repository, as images name it, without tag and digest. */
  readonly repository: string
  readonly buildRole: string
  readonly podRole: string
  /** Name of the EKS cluster; `null` for one that is reached by `clusterContext` alone. */
  readonly eks: string | null
  /** Context of the kubeconfig; `null` for none. */
  readonly clusterContext: string | null
  readonly namespace: string
  readonly serviceAccount: string
}

import type { Site } from "./site.ts"

/** What is to be known of each part, in whichever template. Lines of comments. */
export const stackWords = {
  key: "Who may encrypt and who may decrypt stands here; IAM alone can grant neither. A key that is deleted takes every\nimage with it.",
  keyAlias: "What recipients in envseal.yaml name.",
  buildRole: "The build: reads the secret, seals, and can open nothing.",
  sealPolicy: "As `envseal policy build` prints it.",
  buildPolicy: "What a build does besides.",
  project: "Privileged, for Docker.",
  openPolicy: "As `envseal policy pod` prints it.",
  podIdentity:
    "Without this, the role is nobody's, and without the add-on eks-pod-identity-agent no pod gets it. Not for IRSA.",
  deployerPolicy: "For the deployer's role, as `envseal policy deployer` prints it: attach it there.",
  deployerEntry:
    "What the group may do in the cluster stands in role.yaml. A cluster whose authentication mode is CONFIG_MAP takes no\nentry: leave the deployer out, and map the group in the ConfigMap aws-auth.",
  repository: "A tag stays with its image. The image with envseal's binary is in another repository.",
} as const

/** The other way to be the pods' role, which needs to know the cluster's OIDC provider. */
export function podRoleWords({ namespace, serviceAccount }: Site): string {
  return `The app's pods: open what is sealed for them, and read no secret.
With IRSA in place of Pod Identity, the Principal is Federated: ARN of the cluster's OIDC provider, the Action
sts:AssumeRoleWithWebIdentity, and the Condition StringEquals on PROVIDER:aud (sts.amazonaws.com) and PROVIDER:sub
(system:serviceaccount:${namespace}:${serviceAccount}), where PROVIDER is the provider's URL without https://.`
}

/** What the person who applies a template can say. */
export const parameterWords = {
  sourceUrl: "Where the app's repository is.",
  sourceConnection:
    "ARN of the connection (CodeConnections) that the repository is read with. Empty for one that anybody may read, or the account's own credentials for the host.",
  buildImage: "The CodeBuild image.",
  createRepository: "Whether the repository for images is to be made.",
  deployer:
    "ARN of the role or user that deploys. A cluster has one entry for each: empty when it is there, and then the group goes into it.",
  permissionsBoundary:
    "ARN of the policy that bounds the two roles, where the account demands one. It must allow what their policies do.",
  tags: "Of everything that can have tags.",
} as const

/** By these, what belongs to an environment is found again. */
export function tagsOf({
  app,
  environment,
}: Pick<Site, "app" | "environment">): Readonly<Record<string, string>> {
  return { app, environment }
}

/** The CodeBuild image that is suggested. */
export const buildImage = "aws/codebuild/amazonlinux-x86_64-standard:5.0"

export const outputWords = {
  key: "For kmsKeys in envseal.yaml, and ENVSEAL_KMS_KEY in the pod templates",
  deployerPolicy: "To attach to the deployer's role",
  deployerGroup: "Kubernetes group of the people who deploy",
} as const

/** A variable of the environment, for a person. */
interface Variable {
  readonly name: string
  readonly meaning: string
}

interface VariableGroup {
  readonly heading: string
  readonly variables: readonly Variable[]
}

/** Every variable that envseal reads or that the files of `init` set. A test holds it to the code. */
export const variableGroups: readonly VariableGroup[] = [
  {
    heading: "In place of an option",
    variables: [
      {
        name: "ENVSEAL_ENVIRONMENT",
        meaning: "--environment of seal, check, open, diff, scan, reseal and policy",
      },
      { name: "ENVSEAL_CONFIG", meaning: "--config: the settings file" },
      { name: "ENVSEAL_EXPECT", meaning: "--expect: what an envelope must be for" },
      { name: "ENVSEAL_KMS_KEY", meaning: "--kms-key: the ARNs of the only keys that are taken" },
      { name: "ENVSEAL_IDENTITY_FILE", meaning: "--identity: a file with an identity" },
      { name: "ENVSEAL_IDENTITY", meaning: "an identity itself" },
      { name: "ENVSEAL_TERMINATION_LOG", meaning: "where open leaves its failure for kubectl describe" },
    ],
  },
  {
    heading: "On the terminal",
    variables: [
      { name: "NO_COLOR", meaning: "when not empty, no colours, as with --no-color" },
      { name: "FORCE_COLOR", meaning: "colours in a pipe too; 0 or false for none; counts before NO_COLOR" },
      { name: "TERM", meaning: "dumb: no colours, and nothing is drawn over" },
    ],
  },
  {
    heading: "AWS and the cluster",
    variables: [
      { name: "AWS_PROFILE", meaning: "the profile, unless --profile or the settings name one" },
      { name: "AWS_REGION", meaning: "the Region, unless --region or the settings name one" },
      { name: "AWS_DEFAULT_REGION", meaning: "the same, where AWS_REGION is not set" },
      { name: "AWS_ACCESS_KEY_ID", meaning: "credentials, with AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN" },
      { name: "KUBECONFIG", meaning: "the files that have the contexts of clusters" },
      { name: "HTTPS_PROXY", meaning: "the way to AWS and the cluster, with NO_PROXY" },
    ],
  },
  {
    heading: "In the buildspec that init writes",
    variables: [
      { name: "ENVSEAL_REPOSITORY", meaning: "where the build pushes the image" },
      { name: "ENVSEAL_BINARY", meaning: "the image that carries envseal, by its digest" },
      { name: "ENVSEAL_LIBC", meaning: "glibc or musl: which of its binaries" },
      { name: "ENVSEAL_RESEAL_FROM", meaning: "set by deploy --reseal: the digest to reseal" },
      { name: "ENVSEAL_TAG", meaning: "the image while it is built" },
      { name: "ENVSEAL_IMAGE", meaning: "exported: the image by its digest, which deploy takes" },
      { name: "ENVSEAL_SECRET_VERSION", meaning: "exported: the version of the secret that is sealed" },
      { name: "ENVSEAL_SEALED_AT", meaning: "exported: when it was sealed" },
      { name: "ENVSEAL_COMMIT", meaning: "exported: the commit that was built" },
    ],
  },
]

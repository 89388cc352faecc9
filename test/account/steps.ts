import { type TrialRequest, type TrialStep, trialNames, trialTag } from "./trial.ts"

const step = (title: string, ...words: readonly string[]): TrialStep => ({ title, words: () => words })
const envseal = (title: string, ...words: readonly string[]) => step(title, "envseal", ...words)

/** A configuration that needs no database, cache or mail: the run is of envseal, and not of the app. */
const values = [
  ...["APP_NAME=Trial", "APP_ENV=production", "APP_DEBUG=false", "DB_CONNECTION=sqlite"],
  ...['DB_DATABASE=":memory:"', "CACHE_STORE=array", "SESSION_DRIVER=array", "QUEUE_CONNECTION=sync"],
]

/** What is made, and deleted at the end. */
const made = {
  key: "make the KMS key",
  source: "make the source repository",
  carrier: "make the repository for the image that carries envseal",
  secret: "make the secret, without a value",
  stack: "make what its template says",
  namespace: "make the namespace",
} as const

/** That a caller is in the account that was named. Nothing is made before it. */
export function guardStep({ account }: TrialRequest): TrialStep {
  return {
    ...step(
      `see that the caller is in ${account}`,
      ...["aws", "sts", "get-caller-identity", "--query", "Account", "--output", "text"],
    ),
    learns: "account",
  }
}

/** From nothing to a deploy, a reseal and a rollback, in order. The working directory is a copy of the app in git. */
export function trialSteps(request: TrialRequest): readonly TrialStep[] {
  return [
    ...accountSteps(request),
    ...repositorySteps(request),
    ...imageSteps(request),
    ...deploySteps(request),
  ]
}

/** What the account has to have before the repository can name it. */
function accountSteps({ region, id, clone, ...rest }: TrialRequest): TrialStep[] {
  const names = trialNames({ ...rest, region, id })
  const aws = awsIn(region)
  const tag = `Key=${trialTag},Value=${id}`
  return [
    {
      ...aws(
        made.key,
        ...["kms", "create-key", "--tags", `TagKey=${trialTag},TagValue=${id}`],
        ...["--description", `envseal: trial ${id}`, "--query", "KeyMetadata.Arn", "--output", "text"],
      ),
      learns: "key",
    },
    aws(
      made.source,
      ...["codecommit", "create-repository", "--repository-name", names.source],
      ...["--tags", `${trialTag}=${id}`],
    ),
    aws(made.carrier, ...["ecr", "create-repository", "--repository-name", names.carrier, "--tags", tag]),
    aws(made.secret, ...["secretsmanager", "create-secret", "--name", names.secret, "--tags", tag]),
    step(
      "sign in to the registry",
      ...[
        "sh",
        "-c",
        'aws ecr get-login-password --region "$1" | docker login --username AWS --password-stdin "$2"',
      ],
      ...["sh", region, names.registry],
    ),
    {
      ...step(
        "push the image that carries envseal",
        ...["npm", "run", "--silent", "--prefix", clone, "image", "--"],
        ...["--tag", `${names.registry}/${names.carrier}:trial`, "--push"],
      ),
      learns: "carrier",
    },
  ]
}

function repositorySteps(request: TrialRequest): TrialStep[] {
  const { account, region, eks, id } = request
  const names = trialNames(request)
  const url = `https://git-codecommit.${region}.amazonaws.com/v1/repos/${names.source}`
  return [
    step("start a repository of its own", "git", "init", "--quiet", "--initial-branch", "main"),
    step("name where it goes", "git", "remote", "add", "origin", url),
    {
      title: "set it up",
      words: (learned) => [
        ...["envseal", "init", "--yes", "--app", names.app, "--env", "trial", "--account", account],
        ...["--region", region, "--eks", eks, "--source", "main"],
        ...["--kms-key", learned.get("key") ?? "", "--binary-image", learned.get("carrier") ?? ""],
      ],
    },
    step(
      "require no name that a trial has no value for",
      ...["sed", "-i.bak", "/^ *require:/d", "envseal.yaml"],
    ),
    step("leave the copy out", "rm", "-f", "envseal.yaml.bak"),
    step(
      made.stack,
      ...["aws", "cloudformation", "deploy", "--region", region, "--stack-name", names.stack],
      ...["--template-file", "envseal/trial/cloudformation.yaml", "--capabilities", "CAPABILITY_NAMED_IAM"],
      ...["--tags", `${trialTag}=${id}`],
    ),
    {
      title: "give the key its policy",
      words: (learned) => [
        ...["aws", "kms", "put-key-policy", "--region", region, "--key-id", learned.get("key") ?? ""],
        ...["--policy-name", "default", "--policy", "file://envseal/trial/policies/key.json"],
      ],
    },
    {
      ...envseal("give the secret its values", "secret", "import", "trial", "dotenv:-", "--yes"),
      input: `${values.join("\n")}\n`,
    },
    envseal(
      "make a key for the app",
      ...["secret", "set", "trial", "APP_KEY", "--generate", "laravel-key", "--yes"],
    ),
    step("take all of it", "git", "add", "--all"),
    step(
      "commit it",
      ...["git", "-c", "user.name=envseal", "-c", "user.email=trial@example.com"],
      ...["commit", "--quiet", "--message", `trial ${id}`],
    ),
    step(
      "push it",
      ...["git", "-c", "credential.helper=!aws codecommit credential-helper $@"],
      ...["-c", "credential.UseHttpPath=true", "push", "--quiet", "origin", "main"],
    ),
  ]
}

function imageSteps({ region, eks, ...rest }: TrialRequest): TrialStep[] {
  const { namespace, project } = trialNames({ ...rest, region })
  const aws = awsIn(region)
  const kubectl = (title: string, ...words: readonly string[]) =>
    step(title, "kubectl", "--kubeconfig", "trial.kubeconfig", ...words)
  return [
    {
      ...aws(
        "build the first image",
        ...["codebuild", "start-build", "--project-name", project, "--query", "build.id", "--output", "text"],
      ),
      learns: "build",
    },
    {
      title: "wait until it is pushed",
      words: (learned) => [
        ...["aws", "codebuild", "batch-get-builds", "--region", region, "--ids", learned.get("build") ?? ""],
        ...["--query", "builds[0].buildStatus", "--output", "text"],
      ],
      until: "SUCCEEDED",
    },
    aws(
      "turn kubectl to the cluster",
      ...["eks", "update-kubeconfig", "--name", eks, "--kubeconfig", "trial.kubeconfig"],
    ),
    kubectl(made.namespace, "create", "namespace", namespace),
    kubectl("give it the Role of deployers", "apply", "-f", "envseal/trial/role.yaml"),
    step(
      "apply the manifests with that image",
      ...["sh", "-c", "envseal manifests trial | kubectl --kubeconfig trial.kubeconfig apply -f -"],
    ),
  ]
}

function deploySteps(_: TrialRequest): TrialStep[] {
  return [
    envseal("prove every link", "doctor", "trial"),
    envseal("deploy", "deploy", "trial"),
    envseal("change a value", "secret", "set", "trial", "TRIAL", "--generate", "hex:8", "--yes"),
    envseal("deploy it with the code that runs", "deploy", "trial", "--reseal"),
    envseal("roll back", "rollback", "trial", "--yes"),
    envseal("tell what ran", "history", "trial"),
    envseal("tell what runs", "status", "trial"),
  ]
}

/** Everything goes, also after a failure, and whatever of it is not there. The key goes in seven days, by KMS's rule. */
export function tearDownSteps(request: TrialRequest): readonly TrialStep[] {
  const { region, id } = request
  const names = trialNames(request)
  const aws = awsIn(region)
  const undo = (undoes: string, one: TrialStep): TrialStep => ({ ...one, undoes })
  const remove = (repository: string) =>
    aws(
      `delete the images of ${repository}`,
      ...["ecr", "delete-repository", "--repository-name", repository, "--force"],
    )
  const stack = ["--stack-name", names.stack]
  return [
    undo(
      made.namespace,
      step(
        "delete the namespace",
        ...["kubectl", "--kubeconfig", "trial.kubeconfig", "delete", "namespace", names.namespace],
      ),
    ),
    undo(made.stack, aws("delete the stack", "cloudformation", "delete-stack", ...stack)),
    undo(made.stack, aws("wait for it", "cloudformation", "wait", "stack-delete-complete", ...stack)),
    undo(made.stack, remove(names.app)),
    undo(made.carrier, remove(names.carrier)),
    undo(
      made.secret,
      aws(
        "delete the secret",
        ...[
          "secretsmanager",
          "delete-secret",
          "--secret-id",
          names.secret,
          "--force-delete-without-recovery",
        ],
      ),
    ),
    undo(
      made.source,
      aws("delete the source", "codecommit", "delete-repository", "--repository-name", names.source),
    ),
    undo(made.key, {
      title: "have the key deleted",
      words: (learned) => [
        ...["aws", "kms", "schedule-key-deletion", "--region", region, "--key-id", learned.get("key") ?? ""],
        ...["--pending-window-in-days", "7"],
      ],
    }),
    aws(
      "list what still has the tag: the key alone",
      ...["resourcegroupstaggingapi", "get-resources", "--tag-filters", `Key=${trialTag},Values=${id}`],
      ...["--query", "ResourceTagMappingList[].ResourceARN", "--output", "text"],
    ),
  ]
}

function awsIn(region: string) {
  return (title: string, service: string, operation: string, ...rest: readonly string[]): TrialStep => {
    const isWait = operation === "wait"
    const [waited = "", ...others] = rest
    return isWait
      ? step(title, "aws", service, operation, waited, "--region", region, ...others)
      : step(title, "aws", service, operation, "--region", region, ...rest)
  }
}

import * as was from "./outcomes.ts"
import type { RunMistake } from "./rows.ts"

const { usage } = was
const zeros = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${"0".repeat(64)}`

function noImage(image: string): was.Outcome {
  return {
    status: 8,
    message: `there is no image ${image} [IMAGE_UNUSABLE]`,
    hint: "a build that did not push it, or the repository's lifecycle policy, is the reason; to see what is there: aws ecr describe-images --repository-name shop",
  }
}

/** Of the commands that look at the cluster or change what runs there, and of those that set a repository up. */
export const clusterMistakesOf: Readonly<Record<string, readonly RunMistake[]>> = {
  deploy: [
    ["nowhere", "deploy production", was.noSettings],
    ["laptop", "deploy prodution", was.unknownEnvironment("prodution")],
    ["laptop", "deploy local", was.lacksSettings("local", "deploy")],
    ["laptop", "deploy production", was.noKubeconfig],
    ["nobody", "deploy production", was.noKubeconfig],
    ["cluster is away", "deploy production", was.noAnswer("create of selfsubjectaccessreviews")],
    ["reader", "deploy production", was.noRights],
    [
      "deployer",
      "deploy production --image build-42",
      noImage("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:build-42"),
    ],
    [
      "deployer",
      "deploy staging",
      {
        status: 5,
        message:
          "CodeBuild refused codebuild:BatchGetProjects on shop-staging to arn:aws:sts::111122223333:assumed-role/deployer/static (credentials from the access key in the environment (AWS_ACCESS_KEY_ID)): because no identity-based policy allows the codebuild:BatchGetProjects action [ACCESS_DENIED]",
        hint: 'allow it in the policy of the role: {"Effect":"Allow","Action":"codebuild:BatchGetProjects","Resource":"arn:aws:codebuild:eu-west-1:111122223333:project/shop-staging"}',
      },
    ],
    [
      "deployer",
      "deploy production --resume shop:1b2c3d4e-0000-4000-8000-000000000000",
      {
        status: 8,
        message: "CodeBuild knows no build shop:1b2c3d4e-0000-4000-8000-000000000000 [BUILD_FAILED]",
        hint: "look at its id, and at account and Region of production: aws codebuild list-builds-for-project",
      },
    ],
    ["deployer", "deploy production --reseal", noImage(zeros)],
  ],
  rollback: [
    ["nowhere", "rollback production", was.noSettings],
    ["laptop", "rollback prodution", was.unknownEnvironment("prodution")],
    ["laptop", "rollback production", was.noKubeconfig],
    ["cluster is away", "rollback production", was.noAnswer("create of selfsubjectaccessreviews")],
    ["reader", "rollback production", was.noRights],
    [
      "deployer",
      "rollback production",
      {
        status: 8,
        message: "no release before the one that runs is known of deployment/web [NO_PREVIOUS_RELEASE]",
        hint: "deploy an image that exists: envseal deploy production --image IMAGE",
      },
    ],
    [
      "deployer",
      "rollback production --to 1f1f1f1f",
      {
        status: 8,
        message: "no release 1f1f1f1f is known of production [NO_PREVIOUS_RELEASE]",
        hint: "see the releases: envseal history production",
      },
    ],
  ],
  history: [
    ["nowhere", "history production", was.noSettings],
    ["laptop", "history prodution", was.unknownEnvironment("prodution")],
    ["laptop", "history local", was.lacksSettings("local", "history")],
    ["cluster is away", "history production", was.noAnswer("get of deployments/web")],
    [
      "reader",
      "history production",
      {
        status: 5,
        message:
          'the API server of fake (SERVER) denied get of deployments/web: deployments.apps "web" is forbidden: User "reader" cannot get resource "deployments" in API group "apps" in the namespace "shop" [ACCESS_DENIED]',
        hint: 'is the name web right? If it is, the Role needs the rule {"apiGroups":["apps"],"resources":["deployments"],"resourceNames":["web"],"verbs":["get"]}',
      },
    ],
  ],
  status: [
    ["nowhere", "status production", was.noSettings],
    ["nowhere", "status --cluster", was.noKubeconfig],
    ["laptop", "status prodution", was.unknownEnvironment("prodution")],
    ["laptop", "status production", was.noKubeconfig],
    [
      "cluster is away",
      "status production",
      {
        status: 7,
        message: "the cluster fake cannot be seen: connection refused [REMOTE_FAILED]",
        hint: "is it up, and can it be reached from here (VPN, proxy)? kubectl cluster-info",
      },
    ],
    [
      "reader",
      "status production",
      {
        status: 5,
        message:
          'the API server of fake (SERVER) denied list of deployments: deployments.apps is forbidden: User "reader" cannot list resource "deployments" in API group "apps" in the namespace "shop" [ACCESS_DENIED]',
        hint: 'the Role needs the rule {"apiGroups":["apps"],"resources":["deployments"],"verbs":["list"]}',
      },
    ],
  ],
  manifests: [
    ["nowhere", "manifests production", was.noSettings],
    ["laptop", "manifests prodution", was.unknownEnvironment("prodution")],
    ["laptop", "manifests production", was.noKubeconfig],
    [
      "deployer",
      "manifests production",
      {
        status: 4,
        message: "there are no manifests in kubernetes/production [MANIFEST_UNUSABLE]",
        hint: "name them with -f FILE, or -f - for standard input",
      },
    ],
    ["deployer", "manifests production -f missing.yaml", was.noSuchFile("missing.yaml")],
    [
      "deployer",
      "manifests production -f secret.json",
      {
        status: 4,
        message: "no workload of production is in secret.json [MANIFEST_UNUSABLE]",
        hint: "name the files that have them with -f FILE, or the workloads in envseal.yaml",
      },
    ],
  ],
  doctor: [
    ["nowhere", "doctor", was.noSettings],
    ["laptop", "doctor prodution", was.unknownEnvironment("prodution")],
  ],
  init: [
    ["nowhere", "init", was.missingAnswers],
    ["nowhere", "init --yes", was.missingAnswers],
    ["nowhere", "init --yes --app shop --account 1111 --region eu-west-1 --eks main", was.missingAnswers],
    [
      "nowhere",
      "init --yes --app shop --account 111122223333 --region ireland --eks main",
      was.missingAnswers,
    ],
    [
      "nowhere",
      "init --update",
      usage(
        "init --update asks for each file, and there is no terminal",
        "--yes takes what nobody has changed, --dry-run shows all of it",
      ),
    ],
  ],
  "env add": [
    ["nowhere", "env add qa", was.noSettings],
    [
      "laptop",
      "env add staging",
      usage(
        "envseal.yaml has staging already",
        "choose another name than production, staging, local, or remove its entry first",
      ),
    ],
    ["laptop", "env add qa --from prodution", was.unknownEnvironment("prodution")],
    [
      "laptop",
      "env add QA!",
      usage(
        '"QA!" is no name for an environment',
        "write small letters, digits and -, at most 20, such as qa: roles and a namespace are called after it",
      ),
    ],
    ["laptop", "env add qa --from production --create-secret", was.noCredentials],
  ],
  policy: [
    [
      "nowhere",
      "policy build",
      usage(
        "--secret is missing",
        "write --secret arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, or secret in envseal.yaml",
      ),
    ],
    ["nowhere", "policy pod -e production -c app=shop", usage("--kms-key is missing", was.keyByArn)],
    [
      "nowhere",
      "policy pod -e production -c app=shop --kms-key alias/envseal",
      usage('--kms-key: "alias/envseal" is not the ARN of a KMS key', was.keyByArn),
    ],
    ["nowhere", "policy cluster -e production", was.noSettings],
    ["laptop", "policy build -e prodution", was.unknownEnvironment("prodution")],
    ["laptop", "policy pod -e production", usage("--kms-key is missing", was.keyByArn)],
    [
      "laptop",
      "policy key -e production",
      usage(
        "--build-role is missing",
        "write --build-role arn:aws:iam::ACCOUNT:role/NAME, or roles.build in envseal.yaml",
      ),
    ],
  ],
}

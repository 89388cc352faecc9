import type { EksCluster, PodIdentityAssociation } from "../../fake/aws/eks-cluster.ts"
import type { Project } from "../../fake/aws/project.ts"
import { appKey, defaultKeyPolicy, type Key, type Role, roleArn, type World } from "../../fake/aws/world.ts"
import type { Json } from "../../fake/kubernetes/json-patch.ts"
import { buildRole, context, otherKey, podRole, podSpec, printed, signingKey } from "./site.ts"
import { type Changeable, changeSettings, changeWorld, type Scene } from "./stage.ts"

/** One thing that is wrong in an environment that is otherwise in order. */
export interface Fault {
  /** What it is, after "with". */
  readonly title: string
  /** Who sees it; the deployer when it is left out. */
  readonly as?: "build" | "pod"
  plant(scene: Scene): Promise<void> | void
  /** The links that are a no, and no other is. */
  readonly no: readonly string[]
  /** The links that depend on those. */
  readonly unchecked?: readonly string[]
  /** How its remedies are told, in this order. */
  readonly remedies: readonly string[]
}

const key = "alias/envseal"
const web = "deployment/web"
const partsOfProject = ["role", "source", "privileged", "batch", "image", "carrier"].map(
  (part) => `project.${part} shop`,
)
const partsOfKey = ["state", "kind", "account", "pin"].map((part) => `key.${part} ${key}`)
const awsLinks = [
  "project shop",
  ...partsOfProject,
  ...["repository shop", "repository.tags shop", "repository.read shop", `key ${key}`, ...partsOfKey],
  ...["secret shop/production", "secret.version shop/production"],
]
const inCluster = [
  ...["namespace shop", "rights", "cluster.entries"],
  ...[web, "cronjob/schedule"].flatMap((about) => [
    `workload ${about}`,
    ...["containers", "image", "rollout", "expect", "pin"].map((part) => `workload.${part} ${about}`),
  ]),
  ...["service-account shop", "service-account.role shop"],
]

const atAws: readonly Fault[] = [
  {
    title: "another account in the settings than that of everything else",
    plant: (scene) => changeSettings(scene, 'account: "111122223333"', 'account: "111122223334"'),
    no: ["account"],
    unchecked: awsLinks,
    remedies: ['set account to "111122223333" at envseal.yaml:5:14'],
  },
  {
    title: "a clock that is seven minutes late",
    plant: (scene) => changeWorld(scene, () => ({ clockSkewSeconds: 420 })),
    no: ["clock"],
    remedies: ["run: sudo timedatectl set-ntp true"],
  },
  {
    title: "a clock that is twenty minutes late, which the AWS SDK corrects for each client",
    plant: (scene) => changeWorld(scene, () => ({ clockSkewSeconds: 1_200 })),
    no: ["clock"],
    remedies: ["run: sudo timedatectl set-ntp true"],
  },
  {
    title: "a project that does not exist",
    plant: (scene) => changeWorld(scene, () => ({ projects: [] })),
    no: ["project shop"],
    unchecked: partsOfProject,
    remedies: ["run: aws codebuild create-project --region eu-west-1 --name shop --source type=GITHUB,"],
  },
  {
    title: "a project of another role",
    plant: project({ serviceRole: podRole }),
    no: ["project.role shop"],
    remedies: [
      `run: aws codebuild update-project --region eu-west-1 --name shop --service-role ${buildRole}`,
    ],
  },
  {
    title: "a project that builds another repository",
    plant: project({ source: { type: "GITHUB", location: "https://github.com/example/blog.git" } }),
    no: ["project.source shop"],
    remedies: ["run: aws codebuild update-project --region eu-west-1 --name shop --source "],
  },
  {
    title: "a project without privileged mode",
    plant: project({ environment: { privilegedMode: false, variables: { BASE_IMAGE: "php:8.4-fpm" } } }),
    no: ["project.privileged shop"],
    remedies: ["run: aws codebuild update-project --region eu-west-1 --name shop --environment "],
  },
  {
    title: "a project that builds batches",
    plant: project({ buildBatchConfig: { serviceRole: buildRole } }),
    no: ["project.batch shop"],
    remedies: ["run: aws codebuild update-project --region eu-west-1 --name shop --build-batch-config '{}'"],
  },
  {
    title: "a deployer who may not look at the project",
    plant: inlinePolicy("deployer", (statements) => statements.filter(({ Sid }) => Sid !== "Build")),
    no: ["project shop"],
    unchecked: partsOfProject,
    remedies: [
      'run: aws iam put-role-policy --region eu-west-1 --role-name deployer --policy-name envseal --policy-document "$(envseal policy deployer -e production)"',
    ],
  },
  {
    title: "a repository that does not exist",
    plant: (scene) => changeWorld(scene, () => ({ repositories: [] })),
    no: ["repository shop"],
    unchecked: ["repository.tags shop", "repository.read shop"],
    remedies: [
      "run: aws ecr create-repository --region eu-west-1 --repository-name shop --image-tag-mutability IMMUTABLE",
    ],
  },
  {
    title: "a repository whose tags can be moved",
    plant: (scene) =>
      changeWorld(scene, () => ({
        repositories: [{ name: "shop", images: [], imageTagMutability: "MUTABLE" }],
      })),
    no: ["repository.tags shop"],
    remedies: ["run: aws ecr put-image-tag-mutability --region eu-west-1 --repository-name shop "],
  },
  {
    title: "a secret that does not exist",
    plant: (scene) => changeWorld(scene, () => ({ secrets: [] })),
    no: ["secret shop/production"],
    unchecked: ["secret.version shop/production"],
    remedies: [
      "run: aws iam put-role-policy --region eu-west-1 --role-name deployer --policy-name envseal --policy-document ",
      "run: aws secretsmanager create-secret --region eu-west-1 --name shop/production --secret-string file://secret.json",
    ],
  },
  {
    title: "a secret without a value",
    plant: (scene) =>
      changeWorld(scene, ({ secrets }) => ({ secrets: secrets.map((one) => ({ ...one, versions: [] })) })),
    no: ["secret.version shop/production"],
    remedies: [
      "run: aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/production --secret-string file://secret.json",
    ],
  },
  {
    title: "a stage that no version of the secret has",
    plant: (scene) => changeSettings(scene, "secret: shop/production", 'secret: "shop/production#blue"'),
    no: ["secret.version shop/production"],
    remedies: ['set secret to "shop/production" at envseal.yaml:7:13'],
  },
]

const atKey: readonly Fault[] = [
  {
    title: "a key that is disabled",
    plant: appKeyIs({ state: "Disabled" }),
    no: [`key.state ${key}`],
    remedies: [`run: aws kms enable-key --region eu-west-1 --key-id ${appKey}`],
  },
  {
    title: "a key that is to be deleted",
    plant: appKeyIs({ state: "PendingDeletion" }),
    no: [`key.state ${key}`],
    remedies: [
      `run: aws kms cancel-key-deletion --region eu-west-1 --key-id ${appKey}`,
      `run: aws kms enable-key --region eu-west-1 --key-id ${appKey}`,
    ],
  },
  {
    title: "an alias that leads to a key that signs",
    plant: aliasIsOf(signingKey),
    no: [`key.kind ${key}`],
    unchecked: [`key.account ${key}`, `key.pin ${key}`],
    remedies: [
      `run: aws kms delete-alias --region eu-west-1 --alias-name ${key}`,
      `run: aws kms create-alias --region eu-west-1 --alias-name ${key} --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab`,
    ],
  },
  {
    title: "an alias that leads to a key that no pod accepts",
    plant: aliasIsOf(otherKey),
    no: [`key.pin ${key}`],
    remedies: [
      `run: aws kms update-alias --region eu-west-1 --alias-name ${key} --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab`,
    ],
  },
  {
    title: "an alias that does not exist",
    plant: aliasIsOf(null),
    no: [`key ${key}`],
    unchecked: partsOfKey,
    remedies: [
      `run: aws kms create-alias --region eu-west-1 --alias-name ${key} --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab`,
    ],
  },
  {
    title: "a recipient that is another key",
    plant: (scene) => changeSettings(scene, "aws-kms:alias/envseal", `aws-kms:${otherKey}`),
    no: ["key.pin 9999abcd-12ab-34cd-56ef-1234567890ab"],
    unchecked: ["key", "key.state", "key.kind"].map((link) => `${link} 9999abcd-12ab-34cd-56ef-1234567890ab`),
    remedies: [`set recipients.0 to "aws-kms:${appKey}" at envseal.yaml:9:18`],
  },
]

const atCluster: readonly Fault[] = [
  {
    title: "another API server than the one that is pinned",
    plant: (scene) => changeSettings(scene, "server: https://127.0.0.1", "server: https://127.0.0.2"),
    no: ["cluster.server"],
    unchecked: inCluster,
    remedies: ['set cluster.server to "https://127.0.0.1:'],
  },
  {
    title: "a right that is missing",
    plant: ({ ground }) => ground.takeRight(),
    no: ["rights"],
    remedies: ["run: envseal policy cluster -e production | kubectl apply --context "],
  },
  {
    title: "a workload that is missing",
    plant: ({ ground }) => ground.delete("deployments", "web"),
    no: [`workload ${web}`],
    unchecked: ["containers", "image", "rollout", "expect", "pin"].map((part) => `workload.${part} ${web}`),
    remedies: [
      "run: envseal manifests production --file web.yaml | kubectl apply --context fake --namespace shop --filename -",
    ],
  },
  {
    title: "a container that has another name",
    plant: (scene) =>
      changeSettings(
        scene,
        "deployment: web\n        containers: [app]",
        "deployment: web\n        containers: [php]",
      ),
    no: [`workload.containers ${web}`],
    unchecked: [`workload.image ${web}`, `workload.expect ${web}`, `workload.pin ${web}`],
    remedies: ['set workloads.0.containers.0 to "app" at envseal.yaml:28:22'],
  },
  {
    title: "a workload that is paused",
    plant: patched("deployments", "web", { spec: { paused: true } }),
    no: [`workload.rollout ${web}`],
    remedies: [`run: kubectl rollout resume ${web} --context `],
  },
  {
    title: "an expectation of another environment in a pod template",
    plant: variables("web", { ENVSEAL_EXPECT: "app=shop,environment=staging" }),
    no: [`workload.expect ${web}`],
    remedies: [`run: kubectl set env ${web} --containers=app ENVSEAL_EXPECT=${context} --context `],
  },
  {
    title: "no expectation in a pod template",
    plant: variables("web", { ENVSEAL_EXPECT: null }),
    no: [`workload.expect ${web}`],
    remedies: [`run: kubectl set env ${web} --containers=app ENVSEAL_EXPECT=${context} --context `],
  },
  {
    title: "no expectation in the pod template of a CronJob",
    plant: variables("schedule", { ENVSEAL_EXPECT: null }),
    no: ["workload.expect cronjob/schedule"],
    remedies: ["run: kubectl set env cronjob/schedule --containers=app ENVSEAL_EXPECT="],
  },
  {
    title: "the pin of another key in a pod template",
    plant: variables("web", { ENVSEAL_KMS_KEY: otherKey }),
    no: [`workload.pin ${web}`],
    remedies: [`run: kubectl set env ${web} --containers=app ENVSEAL_KMS_KEY=${appKey} --context `],
  },
  {
    title: "no pin in a pod template",
    plant: variables("web", { ENVSEAL_KMS_KEY: null }),
    no: [`workload.pin ${web}`],
    remedies: [`run: kubectl set env ${web} --containers=app ENVSEAL_KMS_KEY=${appKey} --context `],
  },
  {
    title: "no service account",
    plant: ({ ground }) => ground.delete("serviceaccounts", "shop"),
    no: ["service-account shop"],
    unchecked: ["service-account.role shop"],
    remedies: ["run: kubectl create serviceaccount shop --context "],
  },
  {
    title: "a service account whose association gives another role",
    plant: associations((all) => all.map((one) => ({ ...one, roleArn: buildRole }))),
    no: ["service-account.role shop"],
    remedies: [
      `run: aws eks update-pod-identity-association --region eu-west-1 --cluster-name shop --association-id a-1234567890abcdefg --role-arn ${podRole}`,
    ],
  },
  {
    title: "a service account without a role",
    plant: associations(() => []),
    no: ["service-account.role shop"],
    remedies: [
      `run: aws eks create-pod-identity-association --region eu-west-1 --cluster-name shop --namespace shop --service-account shop --role-arn ${podRole}`,
    ],
  },
  {
    title: "a cluster without the agent of Pod Identity",
    plant: eksCluster({ podIdentityAgent: null }),
    no: ["cluster.agent"],
    remedies: [
      "run: aws eks create-addon --region eu-west-1 --cluster-name shop --addon-name eks-pod-identity-agent",
    ],
  },
  {
    title: "a service account whose annotation gives another role",
    plant: patched("serviceaccounts", "shop", {
      metadata: { annotations: { "eks.amazonaws.com/role-arn": buildRole } },
    }),
    no: ["service-account.role shop"],
    remedies: [
      `run: kubectl annotate serviceaccount shop --overwrite eks.amazonaws.com/role-arn=${podRole} --context `,
    ],
  },
]

const putKeyPolicy = `run: aws kms put-key-policy --region eu-west-1 --key-id ${appKey} --policy-name default --policy "$(envseal policy key -e production)"`

const ofRoles: readonly Fault[] = [
  {
    title: "a build that could decrypt",
    as: "build",
    plant: async (scene) => {
      await appKeyIs({ policy: defaultKeyPolicy })(scene)
      await inlinePolicy("shop-build", (statements) => [
        ...statements,
        { Effect: "Allow", Action: "kms:*", Resource: appKey },
      ])(scene)
    },
    no: [`key.decrypt ${key}`],
    remedies: [putKeyPolicy],
  },
  {
    title: "a build that cannot encrypt",
    as: "build",
    plant: async (scene) => {
      await appKeyIs({ policy: without("key", "Seal") })(scene)
      await inlinePolicy("shop-build", (statements) => statements.filter(({ Sid }) => Sid !== "Seal"))(scene)
    },
    no: [`key.encrypt ${key}`],
    remedies: [
      'run: aws iam put-role-policy --region eu-west-1 --role-name shop-build --policy-name envseal --policy-document "$(envseal policy build -e production)"',
      putKeyPolicy,
    ],
  },
  {
    title: "a build that cannot read the secret",
    as: "build",
    plant: inlinePolicy("shop-build", (statements) =>
      statements.filter(({ Sid }) => Sid === "Seal" || Sid === "Reseal"),
    ),
    no: ["secret.read shop/production"],
    unchecked: ["secret.names"],
    remedies: [
      'run: aws iam put-role-policy --region eu-west-1 --role-name shop-build --policy-name envseal --policy-document "$(envseal policy build -e production)"',
    ],
  },
  {
    title: "a name that the secret lacks",
    as: "build",
    plant: (scene) =>
      changeWorld(scene, ({ secrets }) => ({
        secrets: secrets.map((one) => ({
          ...one,
          versions: one.versions.map((version) => ({ ...version, string: '{"APP_KEY":"base64:abc="}' })),
        })),
      })),
    no: ["secret.names"],
    remedies: [
      'set DB_PASSWORD to "its value" at secret.json',
      "run: aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/production --secret-string file://secret.json",
    ],
  },
  {
    title: "a pod that cannot decrypt",
    as: "pod",
    plant: async (scene) => {
      await appKeyIs({ policy: without("key", "Open") })(scene)
      await inlinePolicy("shop-pod", () => [
        { Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" },
      ])(scene)
    },
    no: ["key.decrypt 1234abcd-12ab-34cd-56ef-1234567890ab"],
    remedies: [
      'run: aws iam put-role-policy --region eu-west-1 --role-name shop-pod --policy-name envseal --policy-document "$(envseal policy pod -e production)"',
      putKeyPolicy,
    ],
  },
  {
    title: "a pod that could encrypt",
    as: "pod",
    plant: async (scene) => {
      await appKeyIs({ policy: defaultKeyPolicy })(scene)
      await inlinePolicy("shop-pod", (statements) => [
        ...statements,
        { Effect: "Allow", Action: "kms:Encrypt", Resource: appKey },
      ])(scene)
    },
    no: ["key.encrypt 1234abcd-12ab-34cd-56ef-1234567890ab"],
    remedies: [putKeyPolicy],
  },
]

/** Each is planted alone. What it is told to be mended by mends it, as it is printed. */
export const faults: readonly Fault[] = [...atAws, ...atKey, ...atCluster, ...ofRoles]

/** Faults that only a person can mend: what is told is no command. */
export const faultsForPeople: readonly Fault[] = [
  {
    title: "an agent of Pod Identity that does not work",
    plant: eksCluster({ podIdentityAgent: "DEGRADED" }),
    no: ["cluster.agent"],
    remedies: [
      "see what its health says: aws eks describe-addon --region eu-west-1 --cluster-name shop --addon-name",
    ],
  },
  {
    title: "a mistake in envseal.yaml",
    plant: (scene) => changeSettings(scene, "namespace: shop", "namespce: shop"),
    no: ["settings"],
    remedies: [
      "correct envseal.yaml:21:5: environments.production.cluster.namespace is missing; ",
      "correct envseal.yaml:25:7: environments.production.cluster.namespce is not a setting; did you mean namespace?",
    ],
  },
  {
    title: "a setting that a deploy needs and that is missing",
    plant: (scene) => changeSettings(scene, "    region: eu-west-1\n", ""),
    no: ["settings"],
    remedies: ["correct envseal.yaml:4:3: environments.production.region is missing; write the AWS Region"],
  },
  {
    title: "a project that sets the carrier of an example",
    plant: project({
      environment: {
        ...{ privilegedMode: true, image: "aws/codebuild/standard:8.0" },
        variables: { ENVSEAL_BINARY: `a.b/envseal@sha256:${"0".repeat(64)}` },
      },
    }),
    no: ["project.carrier shop"],
    remedies: ["push the image that carries envseal, as docs/install.md says, and put its digest at"],
  },
  {
    title: "a project whose variables take a value out of the secret",
    plant: project({
      environment: {
        privilegedMode: true,
        references: [{ name: "DB_PASSWORD", value: "shop/production:DB_PASSWORD", type: "SECRETS_MANAGER" }],
      },
    }),
    no: ["project.variables shop"],
    remedies: ["remove DB_PASSWORD from the variables of the project shop"],
  },
  {
    title: "a project that has a buildspec of its own, which seals nothing",
    plant: project({
      source: {
        ...{ type: "GITHUB", location: "https://github.com/example/shop.git" },
        buildspec:
          "version: 0.2\nenv: {exported-variables: [ENVSEAL_IMAGE]}\nphases: {build: {commands: [docker build .]}}\n",
      },
    }),
    no: ["project.buildspec shop"],
    remedies: ["add envseal seal to phases.pre_build.commands at"],
  },
  {
    title: "a pod that could read the secret",
    as: "pod",
    plant: inlinePolicy("shop-pod", (statements) => [
      ...statements,
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" },
    ]),
    no: ["secret.read shop/production"],
    remedies: ["take secretsmanager:GetSecretValue from the role"],
  },
  {
    title: "a pod whose role is another one",
    as: "pod",
    plant: (scene) => changeSettings(scene, `pod: ${podRole}`, `pod: ${roleArn("shop-other")}`),
    no: ["role"],
    remedies: ["see whose service account the pods have: envseal doctor production"],
  },
]

type Plant = (scene: Scene) => Promise<void>
type Statements = readonly Readonly<Record<string, unknown>>[]

function project(part: Partial<Project>): Plant {
  return (scene) =>
    changeWorld(scene, ({ projects }) => ({ projects: projects.map((one) => ({ ...one, ...part })) }))
}

function appKeyIs(part: Partial<Key>): Plant {
  return (scene) =>
    changeWorld(scene, ({ keys }) => ({
      keys: keys.map((one) => (one.arn === appKey ? { ...one, ...part } : one)),
    }))
}

/** @param arn of the key that has the alias; `null` for none. */
function aliasIsOf(arn: string | null): Plant {
  return (scene) =>
    changeWorld(scene, ({ keys }) => ({
      keys: keys.map((one) => ({ ...one, aliases: one.arn === arn ? [key] : [] })),
    }))
}

function inlinePolicy(name: string, change: (statements: Statements) => Statements): Plant {
  const changed = (role: Role): Role => {
    const statements = [role.inlinePolicies?.["envseal"]?.Statement ?? []].flat()
    const policy = { Version: "2012-10-17", Statement: change(JSON.parse(JSON.stringify(statements))) }
    return { ...role, inlinePolicies: JSON.parse(JSON.stringify({ envseal: policy })) }
  }
  return (scene) =>
    changeWorld(scene, ({ roles }: World) => ({
      roles: roles.map((role) => (role.name === name ? changed(role) : role)),
    }))
}

/** A policy that envseal prints, without one of its statements. */
function without(kind: "key", sid: string): Key["policy"] {
  const policy = printed(kind)
  return { ...policy, Statement: [policy.Statement].flat().filter(({ Sid }) => Sid !== sid) }
}

function eksCluster(part: Partial<EksCluster>): Plant {
  return (scene) =>
    changeWorld(scene, ({ eksClusters }) => ({
      eksClusters: eksClusters.map((one) => ({ ...one, ...part })),
    }))
}

function associations(
  change: (all: readonly PodIdentityAssociation[]) => readonly PodIdentityAssociation[],
): Plant {
  return (scene) =>
    changeWorld(scene, ({ eksClusters }) => ({
      eksClusters: eksClusters.map((one) => ({
        ...one,
        podIdentityAssociations: change(one.podIdentityAssociations ?? []),
      })),
    }))
}

function patched(resource: Changeable, name: string, patch: Json): Plant {
  return ({ ground }) => ground.patch(resource, name, patch)
}

/** Other variables than those that are right in the container `app`. A value of `null` takes one away. */
function variables(name: "web" | "schedule", changed: Readonly<Record<string, string | null>>): Plant {
  const containers = podSpec.containers.map((container) => ({
    ...container,
    ...changedEnv(container, changed),
  }))
  const template: Json = { spec: { containers: JSON.parse(JSON.stringify(containers)) } }
  return name === "web"
    ? patched("deployments", name, { spec: { template } })
    : patched("cronjobs", name, { spec: { jobTemplate: { spec: { template } } } })
}

function changedEnv(
  { env }: (typeof podSpec.containers)[number],
  changed: Readonly<Record<string, string | null>>,
) {
  if (env === undefined) return {}
  const kept = env.filter((one) => changed[one.name] !== null)
  return { env: kept.map((one) => ({ ...one, value: changed[one.name] ?? one.value })) }
}

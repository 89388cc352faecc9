import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { deployer, shopProject, shopRepository } from "../../fake/aws/deploy-world.ts"
import { account, appKey, defaultKeyPolicy, defaultWorld, region } from "../../fake/aws/world.ts"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"
import { rulesOf } from "../deploy/stage.ts"
import { context, identity, recipient, type Sandbox, sandbox, stranger } from "../harness.ts"
import { give } from "../pages/page.ts"

/** Where a mistake is made: which folder one is in, and who one is. */
export type PlaceName =
  /** A folder with nothing in it, and no credentials. */
  | "nowhere"
  /** Files that were sealed, and the keys to them; no settings and no credentials. */
  | "files"
  /** A repository with settings, on a laptop that nobody is logged in on. */
  | "laptop"
  /** The same, by who may build. */
  | "build"
  /** The same, by who may do nothing in AWS. */
  | "nobody"
  /** The same, by who may deploy, with a cluster that answers. */
  | "deployer"
  /** The same, whose cluster does not answer. */
  | "cluster is away"
  /** The same, by who may only look at the cluster. */
  | "reader"

export interface MistakePlace {
  readonly folder: Sandbox
  readonly env: Readonly<Record<string, string>>
  /** URL of the cluster's API server. */
  readonly server: string
}

/** A closed port: nothing listens there. */
const away = "https://127.0.0.1:9"

const settings = `version: 1
app: shop
environments:
  production:
    account: "${account}"
    region: ${region}
    secret: shop/production
    recipients: [aws-kms:alias/envseal]
    build: { project: shop, source: ${"a".repeat(40)} }
    image: { repository: ${shopRepository} }
    cluster: { context: fake, namespace: shop }
    workloads: [deployment/web]
  staging:
    account: "${account}"
    region: ${region}
    secret: shop/staging
    recipients: [aws-kms:alias/envseal-staging]
    build: { project: shop-staging }
    image: { repository: ${shopRepository}-staging }
    cluster: { context: fake, namespace: staging }
    workloads: [deployment/web]
  local:
    recipients: [${recipient}]
`

const files = {
  "secret.json": '{"APP_KEY":"base64:abc=","DB_PASSWORD":"it\'s $5"}',
  "broken.json": '{"APP_KEY": "base64:abc=",}',
  "list.json": '["APP_KEY"]',
  "nested.json": '{"DB": {"PASSWORD": "x"}}',
  ".env.example": "APP_KEY=\nDB_PASSWORD=\nMAIL_PASSWORD=\n",
  "plain.env": "APP_KEY=base64:abc=\n",
  "key.txt": `${identity}\n`,
  "other.txt": `${stranger}\n`,
}

/** All places, each with what stands in it. */
export interface Places extends AsyncDisposable {
  readonly aws: FakeAws
  readonly cluster: FakeKubernetes
  at(place: PlaceName): Promise<MistakePlace>
}

export async function startPlaces(): Promise<Places> {
  const shared = sandbox()
  const aws = await startFakeAws({
    ...defaultWorld,
    keys: [{ arn: appKey, aliases: ["alias/envseal"], policy: defaultKeyPolicy }],
    roles: [...defaultWorld.roles, deployer],
    projects: [shopProject()],
    repositories: [{ name: "shop", images: [] }],
  })
  const cluster = await startFakeKubernetes({
    namespaces: ["shop"],
    users: {
      deployer: { rules: rulesOf(["deployment/web"]), namespace: "shop" },
      // Of what is listed side by side, one thing alone is refused: which refusal comes first is not known.
      reader: {
        rules: [
          { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list", "watch"] },
          { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
        ],
        namespace: "shop",
      },
    },
  })
  await cluster.create(deployment("web", { image: `${shopRepository}@sha256:${"0".repeat(64)}` }))
  const sealed = await sealedFile(shared)
  const repository = () => give(sandbox(), { "envseal.yaml": settings, ...files, ".env.sealed": sealed })
  const as = (role: string) => environmentFor(aws, { via: "static", role, folder: shared.folder })
  const { AWS_ENDPOINT_URL, AWS_REGION } = as("nobody")
  const noOne = {
    AWS_EC2_METADATA_DISABLED: "true",
    HOME: "/nowhere",
    KUBECONFIG: "/nowhere/kubeconfig",
    ...{ AWS_ENDPOINT_URL: AWS_ENDPOINT_URL ?? "", AWS_REGION: AWS_REGION ?? "" },
  }
  const config = async (user: string) => cluster.kubeconfig(sandbox().folder, user)
  const kubeconfigs = { deployer: await config("deployer"), reader: await config("reader") }
  const gone = give(sandbox(), { kubeconfig: kubeconfigText(away) }).path("kubeconfig")
  const home = { HOME: "/nowhere" }
  const places: Record<PlaceName, () => Omit<MistakePlace, "server">> = {
    nowhere: () => ({ folder: sandbox(), env: noOne }),
    files: () => ({ folder: give(sandbox(), { ...files, ".env.sealed": sealed }), env: noOne }),
    laptop: () => ({ folder: repository(), env: noOne }),
    build: () => ({ folder: repository(), env: { ...noOne, ...as("builder") } }),
    nobody: () => ({ folder: repository(), env: { ...noOne, ...as("nobody") } }),
    deployer: () => ({
      folder: repository(),
      env: { ...home, ...as("deployer"), KUBECONFIG: kubeconfigs.deployer },
    }),
    "cluster is away": () => ({
      folder: repository(),
      env: { ...home, ...as("deployer"), KUBECONFIG: gone },
    }),
    reader: () => ({
      folder: repository(),
      env: { ...home, ...as("deployer"), KUBECONFIG: kubeconfigs.reader },
    }),
  }
  return {
    aws,
    cluster,
    at: async (place) => ({ ...places[place](), server: place === "cluster is away" ? away : cluster.url }),
    async [Symbol.asyncDispose]() {
      await cluster.stop()
      await aws.stop()
    },
  }
}

async function sealedFile(box: Sandbox): Promise<string> {
  give(box, files)
  const args = ["seal", "-q", "-f", "file:secret.json", "-r", recipient, "-c", context, "--out", "-"]
  const { status, stdout, stderr } = await box.envseal(args)
  if (status !== 0) throw new Error(stderr)
  return stdout
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "fake" },
    clusters: [{ name: "fake", cluster: { server } }],
    users: [{ name: "fake", user: { token: "token" } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
  })
}

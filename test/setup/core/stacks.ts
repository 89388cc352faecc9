import { partitionOf } from "../../../src/core/region.ts"
import { makePolicy } from "../../../src/setup/core/policy.ts"
import { newSite, roleArnOf, type Site } from "../../../src/setup/core/site.ts"
import { keyArnOf, type Stack, type StackImages, stackOf } from "../../../src/setup/core/stack.ts"

const names = { app: "shop", environment: "qa", account: "111122223333", region: "eu-west-1" }

/** The environment `qa` of the app `shop`, with other names where they are given. */
export function qaSite(given: Partial<Site> = {}): Site {
  const usual = { eks: "main", sourceUrl: "git@github.com:team/shop.git" }
  return newSite({ ...names, ...given }, { ...usual, ...given })
}

/** What that environment is made of, with the policies that `envseal policy` prints. */
export function qaStack(given: Partial<Site> = {}, images: Partial<StackImages> = {}): Stack {
  const site = qaSite(given)
  const { app, environment, account, region, project, secret, eks } = site
  const arn = (service: string, resource: string) =>
    `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`
  const request = {
    context: { app, environment },
    kmsKeys: [keyArnOf(site)],
    secrets: [arn("secretsmanager", `secret:${secret}-??????`)],
    secretKeys: [],
    project: arn("codebuild", `project/${project}`),
    repository: null,
    cluster: eks === null ? null : arn("eks", `cluster/${eks}`),
    buildRole: roleArnOf(site, site.buildRole),
    podRole: roleArnOf(site, site.podRole),
  }
  const access = {
    build: makePolicy("build", request),
    pod: makePolicy("pod", request),
    deployer: makePolicy("deployer", request),
    key: makePolicy("key", request),
  }
  return stackOf(site, access, { hasRepository: true, binaryImage: null, ...images })
}

/** Environments that differ in what they are made of. */
export const stacks: Readonly<Record<string, () => Stack>> = {
  "the usual": () => qaStack(),
  "a repository for images that is new": () => qaStack({}, { hasRepository: false }),
  "images of another account": () =>
    qaStack({ repository: "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop" }),
  "images outside of AWS": () => qaStack({ repository: "registry.example.com/team/shop" }),
  "a cluster outside of AWS": () => qaStack({ eks: null, clusterContext: "onprem" }),
  "source in CodeCommit": () =>
    qaStack({ sourceUrl: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop" }),
  "source at Bitbucket": () => qaStack({ sourceUrl: "https://bitbucket.org/team/shop.git" }),
  "source nobody knows where": () => qaStack({ sourceUrl: null }),
  "a key that is there": () =>
    qaStack({ kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }),
  "nothing to choose": () =>
    qaStack({
      eks: null,
      repository: "registry.example.com/team/shop",
      sourceUrl: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
    }),
  "roles with a path": () =>
    qaStack({
      buildRole: "arn:aws:iam::111122223333:role/teams/shop/build",
      podRole: "arn:aws:iam::111122223333:role/teams/shop/pod",
    }),
  China: () =>
    qaStack({ region: "cn-north-1", repository: "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/shop" }),
  "names that YAML takes for something else": () =>
    qaStack({
      app: "no",
      environment: "on",
      namespace: "123",
      eks: "1e3",
      serviceAccount: "y",
      source: "0123",
    }),
}

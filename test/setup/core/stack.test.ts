import { describe, expect, test } from "vitest"
import { parse } from "yaml"
import { environmentOf, parseConfig } from "../../../src/config/load.ts"
import { binaryImageIn, healthPathIn } from "../../../src/setup/core/buildspec.ts"
import { cloudFormationFile, stackName } from "../../../src/setup/core/cloudformation.ts"
import { siteOf } from "../../../src/setup/core/site.ts"
import { sourceLocationOf } from "../../../src/setup/core/source-location.ts"
import { terraformFiles } from "../../../src/setup/core/terraform.ts"
import { qaSite, qaStack, stacks } from "./stacks.ts"

const arnOf = (region: string, name: string) => `arn:aws:codecommit:${region}:111122223333:${name}`

describe("a repository's URL for CodeBuild", () => {
  test.each([
    ["git@github.com:team/shop.git", "GITHUB", "https://github.com/team/shop.git"],
    ["https://user:token@github.com/team/shop.git?x=1#y", "GITHUB", "https://github.com/team/shop.git"],
    ["ssh://git@gitlab.com:2222/team/shop.git", "GITLAB", "https://gitlab.com/team/shop.git"],
    ["https://bitbucket.org/team/shop.git", "BITBUCKET", "https://bitbucket.org/team/shop.git"],
    ["git@git.example.com:team/shop.git", "GITHUB_ENTERPRISE", "https://git.example.com/team/shop.git"],
    ["https://github.com.example.com/a/b", "GITHUB_ENTERPRISE", "https://github.com.example.com/a/b"],
  ])("of %s is %s at %s", (url, type, https) => {
    expect(sourceLocationOf(url, arnOf)).toEqual({ type, url: https, codeCommit: null })
  })

  test("of CodeCommit comes with the ARN of the repository, which needs no connection", () => {
    const url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop"
    expect(sourceLocationOf(url, arnOf)).toEqual({
      type: "CODECOMMIT",
      url,
      codeCommit: arnOf("eu-west-1", "shop"),
    })
  })

  test.each(["/srv/git/shop.git", "../shop", "file:///srv/shop", "C:\\shop", ""])(
    "is not known for %j",
    (url) => {
      expect(sourceLocationOf(url, arnOf).url).toBeNull()
    },
  )
})

describe("the two templates", () => {
  test.each(Object.entries(stacks))("name the same roles, policies and parts, for %s", (_, make) => {
    const stack = make()
    const [root, module] = terraformFiles(stack, "envseal/qa")
    const text = module?.text ?? ""
    expect(root?.text).not.toMatch(/^resource /m)
    const { Resources: resources } = parse(cloudFormationFile(stack, "envseal/qa").text, { version: "1.1" })
    const types: Readonly<Record<string, string>> = {
      "AWS::KMS::Key": "aws_kms_key",
      "AWS::KMS::Alias": "aws_kms_alias",
      "AWS::IAM::Role": "aws_iam_role",
      "AWS::IAM::RolePolicy": "aws_iam_role_policy",
      "AWS::IAM::ManagedPolicy": "aws_iam_policy",
      "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
      "AWS::CodeBuild::Project": "aws_codebuild_project",
      "AWS::EKS::PodIdentityAssociation": "aws_eks_pod_identity_association",
      "AWS::EKS::AccessEntry": "aws_eks_access_entry",
      "AWS::ECR::Repository": "aws_ecr_repository",
    }
    const all: { Type: string }[] = Object.values(resources)
    const made = all.map(({ Type }) => types[Type] ?? Type)
    const modules = [...text.matchAll(/^resource "(\w+)"/gm)].map(([, type]) => type)
    // What is said with a condition in the one is a policy of its own in the other.
    const apart = stack.source.codeCommit === null ? ["aws_iam_role_policy"] : []
    expect(modules.sort()).toEqual([...made, ...apart].sort())
    const { build, pod, key, deployer } = stack.access
    for (const { Sid } of [build, pod, deployer, ...(stack.makesKey ? [key] : [])].flatMap(
      ({ Statement }) => Statement,
    )) {
      expect(text).toMatch(new RegExp(`Sid +=\\s"${Sid}"`))
    }
  })

  test("hold no secret and nothing that would take one along", () => {
    const stack = qaStack()
    const [root, module] = terraformFiles(stack, "f")
    const texts = [cloudFormationFile(stack, "f").text, module?.text ?? ""]
    expect(root?.text).not.toMatch(/secretsmanager|KEY-ID/)
    for (const text of texts) {
      expect(text).not.toMatch(/AWS::SecretsManager|aws_secretsmanager/)
      expect(text).toContain("The secret shop/qa is not in it")
      expect(text).not.toContain("KEY-ID")
    }
  })

  test.each([
    [null, "arn:aws:ecr:eu-west-1:111122223333:repository/envseal"],
    [
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com/tools/envseal@sha256:00",
      "arn:aws:ecr:eu-west-1:111122223333:repository/tools/envseal",
    ],
    [
      "444455556666.dkr.ecr.us-east-2.amazonaws.com/es:1@sha256:00",
      "arn:aws:ecr:us-east-2:444455556666:repository/es",
    ],
    ["ghcr.io/team/envseal@sha256:00", undefined],
  ])("let a build pull envseal from where it is: %s", (binaryImage, arn) => {
    const { Statement } = qaStack({}, { binaryImage }).buildPolicy
    expect(Statement.find(({ Sid }) => Sid === "PullEnvseal")?.Resource).toBe(arn)
  })

  test("put the tags on everything that can have some, and the boundary on both roles", () => {
    const [root, module] = terraformFiles(qaStack({}, { hasRepository: false }), "f")
    const resources = (module?.text ?? "").split(/^(?=resource )/m).slice(1)
    const bare = resources.filter((one) => !/^ {2}tags +=\svar\.tags$/m.test(one))
    expect(bare.map((one) => /"(\w+)"/.exec(one)?.[1])).toEqual([
      "aws_kms_alias",
      ...Array(4).fill("aws_iam_role_policy"),
    ])
    const bounded = resources.filter((one) =>
      /^ {2}permissions_boundary += var\.permissions_boundary$/m.test(one),
    )
    expect(bounded.map((one) => /"(\w+)"/.exec(one)?.[1])).toEqual(["aws_iam_role", "aws_iam_role"])
    expect(root?.text).toMatch(/^ {2}tags += var\.tags$/m)
    const template = cloudFormationFile(qaStack(), "f").text
    expect(template).toContain("--tags app=shop environment=qa")
    const { Resources } = parse(template, { version: "1.1" })
    for (const name of ["BuildRole", "PodRole"])
      expect(Resources[name].Properties.PermissionsBoundary["Fn::If"]?.[0]).toBe("HasBoundary")
  })

  test("are for a stack whose name CloudFormation takes", () => {
    expect(stackName(qaSite({ app: "My.Shop_2" }))).toBe("envseal-My-Shop-2-qa")
  })
})

test("what the settings do not say is called after the app and the environment, and the rest as they say", () => {
  const key = "arn:aws:kms:eu-west-1:111122223333:key/1"
  const text = `{version: 1, app: shop, environments: { qa: {
    account: "111122223333", region: eu-west-1, kmsKeys: ["${key}"],
    secret: [a, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/b-AbCdEf#AWSPREVIOUS"],
    recipients: ["aws-kms:arn:aws:kms:eu-west-1:111122223333:alias/b"], build: { project: b-build, source: v1 },
    roles: { pod: "arn:aws:iam::111122223333:role/teams/b" }, cluster: { context: b, namespace: b } } } }`
  const settings = environmentOf(parseConfig(text, "f"), "qa")
  const site = siteOf(
    { ...settings, account: "111122223333", region: "eu-west-1" },
    "https://example.com/a/b",
  )
  expect(site).toEqual({
    ...qaSite({ eks: null }),
    secret: "team/b",
    keyAlias: "alias/b",
    kmsKey: key,
    project: "b-build",
    source: "v1",
    sourceUrl: "https://example.com/a/b",
    podRole: "arn:aws:iam::111122223333:role/teams/b",
    clusterContext: "b",
    namespace: "b",
  })
})

test("the image that carries envseal is found in a buildspec when it has a digest", () => {
  const image = `registry.example.com/envseal@sha256:${"0".repeat(64)}`
  expect(binaryImageIn(`    ENVSEAL_BINARY: ${image}\n`)).toBe(image)
  expect(binaryImageIn(`    ENVSEAL_BINARY: "${image}" # ours\n`)).toBe(image)
  expect(binaryImageIn("    ENVSEAL_BINARY: registry.example.com/envseal:latest\n")).toBeNull()
})

test("the path of a readiness probe is found, and no other", () => {
  expect(healthPathIn("readinessProbe:\n            httpGet: { path: /alive, port: http }")).toBe("/alive")
  expect(healthPathIn("livenessProbe:\n  httpGet: { path: /a, port: http }")).toBeNull()
})

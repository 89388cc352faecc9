import { describe, expect, test } from "vitest"
import type { Asker } from "../../../src/ports/asker.ts"
import type { GivenAnswers } from "../../../src/setup/core/answers.ts"
import { Interview } from "../../../src/setup/run/interview.ts"
import { answersFor } from "../../../src/setup/run/proposal.ts"
import type { FoundRepository } from "../../../src/setup/run/repository-look.ts"
import { nothingFound as nothing } from "../core/apps.ts"

/** Somebody who takes what is suggested, and otherwise has these answers by the question. */
class Someone implements Asker {
  readonly asked: string[] = []
  readonly #answers: Readonly<Record<string, string>>

  constructor(answers: Readonly<Record<string, string>>) {
    this.#answers = answers
  }

  async text({ message, suggestion, check }: Parameters<Asker["text"]>[0]): Promise<string> {
    this.asked.push(suggestion === null ? message : `${message} (${suggestion})`)
    const answer = this.#answers[message] ?? suggestion ?? ""
    expect(check(answer), message).toBeNull()
    return answer
  }

  async choose<T extends string>(message: string, choices: Parameters<Asker["choose"]>[1]): Promise<T> {
    this.asked.push(`${message}: ${choices.map(({ name }) => name).join(", ")}`)
    const value = this.#answers[message] ?? choices[0]?.value
    return value as T
  }
}

const answers = (given: GivenAnswers, around: Partial<FoundRepository>, asker: Asker | null = null) =>
  answersFor(given, { ...nothing, ...around }, new Interview(asker))

const told = { app: "till", account: "444455556666", region: "eu-central-1", eks: "blue" }
const contexts = ["minikube", "arn:aws:eks:eu-north-1:777788889999:cluster/green"]

describe("answers", () => {
  test("asks in an order in which each answer suggests the next", async () => {
    const someone = new Someone({ Cluster: "eks:green" })
    const given = await answers({}, { contexts, origin: "git@git.example.com:acme/till.git" }, someone)
    expect(someone.asked).toEqual([
      "Name of the app (till)",
      "Name of the environment (production)",
      "Cluster: minikube, by the kubeconfig, green, of EKS in eu-north-1, another one of EKS",
      "AWS account (777788889999)",
      "AWS Region (eu-north-1)",
      "Kubernetes namespace (till-production)",
      "Repository of the app's image (777788889999.dkr.ecr.eu-north-1.amazonaws.com/till)",
      "ARN of the KMS key of production (empty: not yet) ()",
      "Image that PHP is in (public.ecr.aws/docker/library/php:8.4-fpm)",
    ])
    expect(given).toEqual({
      ...{ app: "till", environments: ["production"], account: "777788889999", region: "eu-north-1" },
      ...{ eks: "green", clusterContext: null, namespaces: { production: "till-production" } },
      repository: "777788889999.dkr.ecr.eu-north-1.amazonaws.com/till",
      ...{
        kmsKeys: {},
        recipients: [],
        baseImage: "public.ecr.aws/docker/library/php:8.4-fpm",
        source: "main",
        binaryImage: null,
      },
      healthPath: "/up",
    })
  })

  test("takes a cluster by its context when that is chosen", async () => {
    const someone = new Someone({ Cluster: "context:minikube" })
    expect(await answers(told, { contexts }, someone)).toMatchObject({ eks: "blue" })
    const { eks: _, ...rest } = told
    expect(await answers(rest, { contexts }, someone)).toMatchObject({
      eks: null,
      clusterContext: "minikube",
    })
  })

  test("does not ask what the command line says", async () => {
    const someone = new Someone({})
    await answers({ ...told, env: ["a", "b"], kmsKey: [], baseImage: "php:8.3-fpm" }, {}, someone)
    expect(someone.asked).toEqual([
      "Kubernetes namespace (till-{environment})",
      "Repository of the app's image (444455556666.dkr.ecr.eu-central-1.amazonaws.com/till)",
    ])
  })

  test.each<GivenAnswers>([
    { healthPath: "up" },
    { binaryImage: "envseal:latest" },
    { recipient: ["bob"] },
    { env: ["a/b"] },
    { env: ["a", "a"] },
  ])("asks nobody anything when the command line is wrong: %j", async (wrong) => {
    const someone = new Someone({})
    await expect(answers({ app: "till", ...wrong }, {}, someone)).rejects.toMatchObject({
      code: "USAGE",
      problems: [{ code: "BAD_SETTING" }],
    })
    expect(someone.asked).toEqual([])
  })

  const key = "arn:aws:kms:eu-central-1:444455556666:key/0a1b2c3d-12ab-34cd-56ef-0123456789ab"
  const wrong: readonly (readonly [string, GivenAnswers, string])[] = [
    ["an app with a space", { app: "my shop" }, '--app is "my shop"; write a name of up to 32'],
    ["an app that is too long", { app: "a".repeat(33) }, "--app is "],
    ["an environment with a slash", { env: ["a/b"] }, '--env is "a/b"; write up to 20 small letters'],
    ["an environment twice", { env: ["a", "a"] }, "--env is given twice for an environment"],
    ["an account of 11 digits", { account: "44445555666" }, "write the 12 digits of the AWS account"],
    ["a Region that is none", { region: "Europe" }, "write an AWS Region, such as eu-west-1"],
    ["a cluster that is none", { eks: "-x" }, "write the name of the EKS cluster"],
    ["a context of two lines", { clusterContext: "a\nb" }, "write the name of a context"],
    ["a namespace in capitals", { namespace: "Shop" }, "write a namespace of small letters"],
    ["one namespace for two", { env: ["a", "b"], namespace: "n" }, "is the same for 2 environments"],
    ["a repository with a tag", { repository: "a.b/c:latest" }, "write the repository as images name it"],
    ["an alias as a pin", { kmsKey: ["alias/x"] }, "write the key's ARN"],
    ["a key of no environment", { kmsKey: [`staging=${key}`] }, "write production=ARN"],
    ["a key of either environment", { env: ["a", "b"], kmsKey: [key] }, "write a=ARN"],
    ["a recipient that is none", { recipient: ["bob"] }, "write age1… as envseal keygen prints it"],
    ["a base image that is none", { baseImage: "PHP latest" }, "write an image that has php-fpm"],
    ["a binary without a digest", { binaryImage: "a/envseal:1" }, "by its digest, REPOSITORY@sha256:…"],
    ["a source that is none", { source: "a b" }, "write a branch, tag or commit"],
    ["a health path that is none", { healthPath: "up" }, "write the path that the readiness probe asks for"],
  ]
  test.each(wrong)("refuses %s, and says what to write", async (_, given, says) => {
    const error = await answers({ ...told, ...given }, {}).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "USAGE", problems: [{ code: "BAD_SETTING" }] })
    const { problems } = error as { problems: { name: string; reason: string }[] }
    expect(problems.map(({ name, reason }) => `${name} ${reason}`).join()).toContain(says)
  })

  test("tells everything that is missing or wrong at once when nobody can be asked", async () => {
    await expect(answers({ account: "1", env: ["a/b"], namespace: "N" }, {})).rejects.toMatchObject({
      code: "USAGE",
      problems: [
        { code: "MISSING_SETTING", name: "--app" },
        { code: "BAD_SETTING", name: "--env" },
        { code: "MISSING_SETTING", name: "--eks" },
        { code: "BAD_SETTING", name: "--account" },
        { code: "MISSING_SETTING", name: "--region" },
        { code: "BAD_SETTING", name: "--namespace" },
      ],
    })
  })

  test("takes account and Region from an ECR repository that is named", async () => {
    const repository = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/till"
    expect(await answers({ app: "till", eks: "blue", repository }, { region: "us-east-1" })).toMatchObject({
      ...{ account: "123456789012", region: "ap-southeast-2" },
    })
  })
})

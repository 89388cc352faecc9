import { kmsKeyArn } from "../../core/grammar.ts"

/** What an answer may be, and what to write instead of anything else. */
export interface AnswerGrammar {
  readonly pattern: Pick<RegExp, "test">
  readonly instead: string
}

/** In these lengths every name that is made of both is one that AWS and Kubernetes take. */
const maxApp = 32
const maxEnvironment = 20

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
const host = "[a-z0-9][a-z0-9.-]{0,253}(?::\\d{1,5})?"
const path = "(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)"

export const grammars = {
  app: {
    pattern: new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${maxApp - 1}}$`),
    instead: `write a name of up to ${maxApp} letters, digits, dots, _ and -, such as shop`,
  },
  environment: {
    pattern: new RegExp(`^[a-z](?:[a-z0-9-]{0,${maxEnvironment - 2}}[a-z0-9])?$`),
    instead: `write up to ${maxEnvironment} small letters, digits and -, such as production`,
  },
  account: { pattern: /^\d{12}$/, instead: "write the 12 digits of the AWS account" },
  region: {
    pattern: /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/,
    instead: "write an AWS Region, such as eu-west-1",
  },
  eks: {
    pattern: /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
    instead: "write the name of the EKS cluster, as aws eks list-clusters prints it",
  },
  clusterContext: {
    pattern: /^[^\p{Cc}\p{Zl}\p{Zp}]{1,1024}$/u,
    instead: "write the name of a context, as kubectl config get-contexts lists it",
  },
  namespace: {
    pattern: new RegExp(`^${label}$`),
    instead:
      "write a namespace of small letters, digits and -, with {environment} in it for several environments",
  },
  repository: {
    pattern: new RegExp(`^${host}${path}{1,16}$`),
    instead:
      "write the repository as images name it, without tag, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
  },
  kmsKey: {
    pattern: kmsKeyArn,
    instead: "write the key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias pins nothing",
  },
  recipient: {
    pattern: /^(?:aws-kms:[A-Za-z0-9:/_-]{1,400}|age1(?:pq1)?[02-9ac-hj-np-z]{20,4096})$/,
    instead: "write age1… as envseal keygen prints it, or aws-kms: and a key's ARN",
  },
  baseImage: {
    pattern: /^[a-z0-9][a-z0-9.:/_-]{0,200}(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?$/,
    instead: "write an image that has php-fpm, such as public.ecr.aws/docker/library/php:8.4-fpm",
  },
  source: {
    pattern: /^[^\s~^:?*\\[-][^\s~^:?*\\[]{0,254}$/,
    instead: "write a branch, tag or commit, such as main",
  },
  binaryImage: {
    pattern: new RegExp(`^${host}${path}{1,16}@sha256:[0-9a-f]{64}$`),
    instead: "write the image that carries envseal by its digest, REPOSITORY@sha256:…",
  },
  healthPath: {
    pattern: /^\/[A-Za-z0-9._~/-]{0,200}$/,
    instead: "write the path that the readiness probe asks for, such as /up",
  },
} as const satisfies Record<string, AnswerGrammar>

/** @returns what to write instead, or `null` for an answer that is good. */
export function insteadOf(answer: string, { pattern, instead }: AnswerGrammar): string | null {
  return pattern.test(answer) ? null : instead
}

/** Flags that give one answer each, by its name. */
export const flags = {
  app: "--app",
  account: "--account",
  region: "--region",
  eks: "--eks",
  clusterContext: "--cluster-context",
  repository: "--repository",
  baseImage: "--base-image",
  source: "--source",
  binaryImage: "--binary-image",
  healthPath: "--health-path",
} as const

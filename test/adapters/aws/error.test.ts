import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { answerMayPass, answerOf } from "../../../src/adapters/aws/answer.ts"
import type { Call } from "../../../src/adapters/aws/call.ts"
import { remoteError } from "../../../src/adapters/aws/error.ts"
import { credentialsError } from "../../../src/adapters/aws/error-credentials.ts"
import { Redactor } from "../../../src/adapters/aws/redact.ts"
import type { ErrorCode } from "../../../src/core/error.ts"

const caller = {
  name: "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)",
  role: "arn:aws:iam::111122223333:role/pod",
}
const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const decrypt: Call = { service: "KMS", action: "kms:Decrypt", resource: key, context: { app: "shop" } }
const read: Call = {
  service: "Secrets Manager",
  action: "secretsmanager:GetSecretValue",
  resource: "shop/production",
}
const describeSecret: Call = { ...read, action: "secretsmanager:DescribeSecret" }
const ofBuilder = (action: Call["action"]): Call => ({ service: "CodeBuild", action, resource: "shop" })
const repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"
const describeImages: Call = { service: "ECR", action: "ecr:DescribeImages", resource: repository }
const describeCluster: Call = { service: "EKS", action: "eks:DescribeCluster", resource: "main" }
const readLog: Call = {
  service: "CloudWatch Logs",
  action: "logs:GetLogEvents",
  resource: "/aws/codebuild/shop",
}
const whoAmI: Call = { service: "STS", action: "sts:GetCallerIdentity", resource: "the caller" }

/** An error as the SDK throws it. */
function thrown(name: string, message = "", httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

const map = (error: unknown, call: Call) => remoteError(error, call, caller, new Redactor())

type Codes = Readonly<Record<string, ErrorCode>>

/** Codes of the errors that all services have in common. */
const commonErrors: Codes = {
  AccessDeniedException: "ACCESS_DENIED",
  ExpiredTokenException: "CREDENTIALS_REFUSED",
  IncompleteSignature: "CREDENTIALS_REFUSED",
  InvalidClientTokenId: "CREDENTIALS_REFUSED",
  InvalidSignatureException: "CREDENTIALS_REFUSED",
  MissingAuthenticationToken: "CREDENTIALS_REFUSED",
  RequestTimeTooSkewed: "CREDENTIALS_REFUSED",
  SignatureDoesNotMatch: "CREDENTIALS_REFUSED",
  UnrecognizedClientException: "CREDENTIALS_REFUSED",
  ServiceUnavailable: "REMOTE_FAILED",
}

const kmsErrors: Codes = {
  DependencyTimeoutException: "REMOTE_FAILED",
  DisabledException: "KEY_UNUSABLE",
  DryRunOperationException: "REMOTE_FAILED",
  IncorrectKeyException: "TAMPERED",
  InvalidCiphertextException: "TAMPERED",
  InvalidGrantTokenException: "REMOTE_FAILED",
  InvalidKeyUsageException: "KEY_UNUSABLE",
  KeyUnavailableException: "REMOTE_FAILED",
  KMSInternalException: "REMOTE_FAILED",
  KMSInvalidStateException: "KEY_UNUSABLE",
  NotFoundException: "KEY_UNUSABLE",
  ThrottlingException: "REMOTE_FAILED",
}

const secretErrors: Codes = {
  DecryptionFailure: "KEY_UNUSABLE",
  InternalServiceError: "REMOTE_FAILED",
  InvalidParameterException: "SOURCE_MISSING",
  InvalidRequestException: "SOURCE_MISSING",
  ResourceNotFoundException: "SOURCE_MISSING",
  ThrottlingException: "REMOTE_FAILED",
}

const secretWriteErrors: Codes = {
  ...secretErrors,
  EncryptionFailure: "KEY_UNUSABLE",
  LimitExceededException: "SECRET_BUSY",
  ResourceExistsException: "REMOTE_FAILED",
}
const ofSecret = (action: Call["action"]): Call => ({ ...read, action })

/** Each call, the package of its client, and the codes of the errors that it can end with beside the common ones. */
const calls: readonly (readonly [Call, string, Codes])[] = [
  [{ ...decrypt, action: "kms:Encrypt" }, "kms", kmsErrors],
  [decrypt, "kms", kmsErrors],
  [read, "secrets-manager", secretErrors],
  [describeSecret, "secrets-manager", secretErrors],
  [
    ofSecret("secretsmanager:ListSecretVersionIds"),
    "secrets-manager",
    { ...secretErrors, InvalidNextTokenException: "REMOTE_FAILED" },
  ],
  [ofSecret("secretsmanager:PutSecretValue"), "secrets-manager", secretWriteErrors],
  [ofSecret("secretsmanager:UpdateSecretVersionStage"), "secrets-manager", secretWriteErrors],
  [
    ofSecret("secretsmanager:CreateSecret"),
    "secrets-manager",
    {
      ...secretWriteErrors,
      // How many secrets there may be, which is no staging label.
      LimitExceededException: "REMOTE_FAILED",
      MalformedPolicyDocumentException: "REMOTE_FAILED",
      PreconditionNotMetException: "REMOTE_FAILED",
    },
  ],
  [
    ofBuilder("codebuild:BatchGetProjects"),
    "codebuild",
    { InvalidInputException: "PROJECT_UNUSABLE", ThrottlingException: "THROTTLED" },
  ],
  [
    ofBuilder("codebuild:StartBuild"),
    "codebuild",
    {
      AccountLimitExceededException: "BUILD_NOT_STARTED",
      InvalidInputException: "BUILD_NOT_STARTED",
      ResourceNotFoundException: "PROJECT_UNUSABLE",
      ThrottlingException: "THROTTLED",
    },
  ],
  // What says that there is no such build is a result, which the adapter takes before.
  [
    ofBuilder("codebuild:BatchGetBuilds"),
    "codebuild",
    { InvalidInputException: "REMOTE_FAILED", ThrottlingException: "THROTTLED" },
  ],
  [
    ofBuilder("codebuild:StopBuild"),
    "codebuild",
    {
      InvalidInputException: "REMOTE_FAILED",
      ResourceNotFoundException: "PROJECT_UNUSABLE",
      ThrottlingException: "THROTTLED",
    },
  ],
  [
    describeImages,
    "ecr",
    {
      // The image that is missing is a result too.
      ImageNotFoundException: "REMOTE_FAILED",
      InvalidParameterException: "IMAGE_UNUSABLE",
      RepositoryNotFoundException: "IMAGE_UNUSABLE",
      ServerException: "REMOTE_FAILED",
      ThrottlingException: "THROTTLED",
    },
  ],
  [
    describeCluster,
    "eks",
    {
      ClientException: "REMOTE_FAILED",
      InvalidParameterException: "WRONG_CLUSTER",
      ResourceNotFoundException: "WRONG_CLUSTER",
      ServerException: "REMOTE_FAILED",
      ServiceUnavailableException: "REMOTE_FAILED",
      ThrottlingException: "THROTTLED",
    },
  ],
  [
    readLog,
    "cloudwatch-logs",
    {
      InvalidParameterException: "REMOTE_FAILED",
      ResourceNotFoundException: "REMOTE_FAILED",
      ServiceUnavailableException: "REMOTE_FAILED",
      ThrottlingException: "THROTTLED",
    },
  ],
  [whoAmI, "sts", { Throttling: "THROTTLED" }],
]

/** Names of the errors that the SDK's documentation of a command lists, as the API's model has them. */
function modelled(client: string, action: string): string[] {
  const command = `${action.split(":").at(-1)}Command.d.ts`
  const folder = join(import.meta.dirname, "../../../node_modules/@aws-sdk", `client-${client}`)
  const text = readFileSync(join(folder, "dist-types/commands", command), "utf8")
  return [...text.matchAll(/@throws \{@link (\w+)\} \(/g)].map(([, name = ""]) => name)
}

describe.each(calls)("an error of $action", (call, client, codes) => {
  test.each(Object.entries({ ...codes, ...commonErrors }))("that is called %s is %s", (name, code) => {
    const error = map(thrown(name, "as it was said"), call)
    expect(error.code).toBe(code)
    // What is altered is the envelope, which only its opener can name, with a hint.
    if (code !== "TAMPERED") expect(error.hint).toMatch(/\w/)
  })

  test("that the SDK models is in the table", () => {
    expect(Object.keys(codes)).toEqual(expect.arrayContaining(modelled(client, call.action)))
  })
})

test("a build that is refused is told with what CodeBuild said, without any token in it", () => {
  const said = "Cannot have more than 1 builds in queue for the account AKIAIOSFODNN7EXAMPLE"
  const { message, hint } = map(
    thrown("AccountLimitExceededException", said),
    ofBuilder("codebuild:StartBuild"),
  )
  expect(message).toContain("Cannot have more than 1 builds in queue")
  expect(message).not.toContain("AKIA")
  expect(hint).toContain("try again")
})

test("a start of a build that nobody answered warns of the build that may run", () => {
  const { code, hint } = map(thrown("TimeoutError"), ofBuilder("codebuild:StartBuild"))
  expect(code).toBe("REMOTE_FAILED")
  expect(hint).toContain("aws codebuild list-builds-for-project --project-name shop")
})

describe("what may pass", () => {
  const passing = [
    ...[
      "ThrottlingException",
      "KMSInternalException",
      "DependencyTimeoutException",
      "KeyUnavailableException",
    ],
    ...["InternalServiceError", "TimeoutError", "IDPCommunicationError"],
  ]

  test.each(passing)("is %s", (name) => expect(answerMayPass(answerOf(thrown(name)))).toBe(true))

  test.each([500, 502, 503, 504])("is status %i, whatever its name", (status) => {
    expect(answerMayPass(answerOf(thrown("Unheard", "", status)))).toBe(true)
  })

  test.each(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE"])(
    "is %s",
    (code) => {
      expect(answerMayPass(answerOf(Object.assign(new Error("x"), { code })))).toBe(true)
    },
  )

  test.each([
    ...[
      "AccessDeniedException",
      "AccessDenied",
      "DisabledException",
      "NotFoundException",
      "ValidationException",
    ],
    ...["InvalidCiphertextException", "ExpiredTokenException", "UnrecognizedClientException"],
    ...["ResourceNotFoundException", "InvalidIdentityToken", "SyntaxError"],
  ])("is not %s", (name) => expect(answerMayPass(answerOf(thrown(name)))).toBe(false))
})

describe("the message of a denial", () => {
  const said =
    "User: arn:aws:sts::111122223333:assumed-role/pod/envseal is not authorized to perform: kms:Decrypt on resource: " +
    `${key} because no identity-based policy allows the kms:Decrypt action`

  test("has who, what, on what and why, and the hint is the missing statement", () => {
    const { message, hint } = map(thrown("AccessDeniedException", said), decrypt)
    for (const part of [
      "assumed-role/pod/envseal",
      "kms:Decrypt",
      key,
      "no identity-based policy allows",
      caller.name,
    ]) {
      expect(message).toContain(part)
    }
    expect(JSON.parse(hint?.slice(hint.indexOf("{")) ?? "")).toMatchObject({
      Action: "kms:Decrypt",
      Resource: key,
    })
  })

  test("of a secret's own key asks for the use of that key through Secrets Manager", () => {
    const { hint } = map(thrown("AccessDeniedException", "Access to KMS is not allowed"), read)
    expect(hint).toContain('"Action":"kms:Decrypt"')
    expect(hint).toContain("kms:ViaService")
  })
})

describe("credentials that fail", () => {
  const fail = (error: unknown) => credentialsError(error, caller, new Redactor())

  test.each([
    ["a token file that is not there", Object.assign(new Error("x"), { code: "ENOENT" }), "NO_CREDENTIALS"],
    [
      "a token file that may not be read",
      Object.assign(new Error("x"), { code: "EACCES" }),
      "NO_CREDENTIALS",
    ],
    ["a denial by STS", thrown("AccessDenied", "Not authorized", 403), "ACCESS_DENIED"],
    ["a token that has expired", thrown("ExpiredTokenException", "expired"), "CREDENTIALS_REFUSED"],
    [
      "a cluster that IAM does not know",
      thrown("InvalidIdentityToken", "no provider"),
      "CREDENTIALS_REFUSED",
    ],
    ["an issuer that STS does not reach", thrown("IDPCommunicationError", ""), "REMOTE_FAILED"],
    ["throttling", thrown("Throttling", "Rate exceeded"), "REMOTE_FAILED"],
    ["an agent that is not up", Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "REMOTE_FAILED"],
    ["an answer without credentials", new Error("its answer holds no credentials"), "NO_CREDENTIALS"],
    ["something that is no error", "text", "NO_CREDENTIALS"],
  ] as const)("by %s are told with the mechanism and the role", (_, error, code) => {
    const failure = fail(error)
    expect(failure.code).toBe(code)
    expect(failure.message).toContain(caller.name)
    expect(failure.message).toContain(caller.role)
    expect(failure.hint).toMatch(/\w/)
  })
})

import * as kms from "@aws-sdk/client-kms"
import * as secrets from "@aws-sdk/client-secrets-manager"
import { describe, expect, test } from "vitest"
import { answerOf, mayPass } from "../../../src/adapters/aws/answer.ts"
import { type Call, credentialsError, remoteError } from "../../../src/adapters/aws/error.ts"
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
  context: null,
}

/** An error as the SDK throws it. */
function thrown(name: string, message = "", httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

const map = (error: unknown, call: Call) => remoteError(error, call, caller, new Redactor())

/** Codes of the errors that the API reference lists for Encrypt and Decrypt. */
const kmsErrors: Readonly<Record<string, ErrorCode>> = {
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
}

/** Codes of the errors that the API reference lists for GetSecretValue. */
const secretErrors: Readonly<Record<string, ErrorCode>> = {
  DecryptionFailure: "KEY_UNUSABLE",
  InternalServiceError: "REMOTE_FAILED",
  InvalidParameterException: "SOURCE_MISSING",
  InvalidRequestException: "SOURCE_MISSING",
  ResourceNotFoundException: "SOURCE_MISSING",
}

/** Codes of the errors that all services have in common. */
const commonErrors: Readonly<Record<string, ErrorCode>> = {
  AccessDeniedException: "ACCESS_DENIED",
  ExpiredTokenException: "CREDENTIALS_REFUSED",
  IncompleteSignature: "CREDENTIALS_REFUSED",
  InvalidClientTokenId: "CREDENTIALS_REFUSED",
  InvalidSignatureException: "CREDENTIALS_REFUSED",
  MissingAuthenticationToken: "CREDENTIALS_REFUSED",
  RequestTimeTooSkewed: "CREDENTIALS_REFUSED",
  SignatureDoesNotMatch: "CREDENTIALS_REFUSED",
  ThrottlingException: "REMOTE_FAILED",
  UnrecognizedClientException: "CREDENTIALS_REFUSED",
  ServiceUnavailable: "REMOTE_FAILED",
}

describe("an error of KMS", () => {
  test.each(Object.entries({ ...kmsErrors, ...commonErrors }))("%s is %s", (name, code) => {
    const error = map(thrown(name), decrypt)
    expect(error.code).toBe(code)
    // What is altered is the envelope, which only its opener can name, with a hint.
    if (code !== "TAMPERED") expect(error.hint).toMatch(/\w/)
  })

  test("that the SDK knows is in the table", () => {
    for (const name of Object.keys(kmsErrors)) expect(Object.keys(kms)).toContain(name)
  })
})

describe("an error of Secrets Manager", () => {
  test.each(Object.entries({ ...secretErrors, ...commonErrors }))("%s is %s", (name, code) => {
    const error = map(thrown(name), read)
    expect(error.code).toBe(code)
    expect(error.hint).toMatch(/\w/)
  })

  test("that the SDK knows is in the table", () => {
    for (const name of Object.keys(secretErrors)) expect(Object.keys(secrets)).toContain(name)
  })
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

  test.each(passing)("is %s", (name) => expect(mayPass(answerOf(thrown(name)))).toBe(true))

  test.each([500, 502, 503, 504])("is status %i, whatever its name", (status) => {
    expect(mayPass(answerOf(thrown("Unheard", "", status)))).toBe(true)
  })

  test.each(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE"])(
    "is %s",
    (code) => {
      expect(mayPass(answerOf(Object.assign(new Error("x"), { code })))).toBe(true)
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
  ])("is not %s", (name) => expect(mayPass(answerOf(thrown(name)))).toBe(false))
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

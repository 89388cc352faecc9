import { randomUUID } from "node:crypto"
import { authenticate, type Operation } from "./caller.ts"
import { codeBuildOperations } from "./codebuild.ts"
import { ecrOperations } from "./ecr.ts"
import type { Answer, Call, Service } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { kmsOperations } from "./kms.ts"
import { logsOperations } from "./logs.ts"
import { secretsManagerOperations } from "./secrets-manager.ts"

type JsonService = "kms" | "secretsmanager" | "ecr" | "codebuild" | "logs"

const targets: Readonly<Record<string, JsonService>> = {
  TrentService: "kms",
  secretsmanager: "secretsmanager",
  AmazonEC2ContainerRegistry_V20150921: "ecr",
  CodeBuild_20161006: "codebuild",
  Logs_20140328: "logs",
}
const operations: Readonly<Record<JsonService, Readonly<Record<string, Operation>>>> = {
  kms: kmsOperations,
  secretsmanager: secretsManagerOperations,
  ecr: ecrOperations,
  codebuild: codeBuildOperations,
  logs: logsOperations,
}
// Errors of the layer below the services are written with a capital, and so are all of Secrets Manager.
const capital = /^(AccessDenied|Throttling|Serialization|Unrecognized|.*Signature|.*Token)/

/** Reads an X-Amz-Target, such as `TrentService.Decrypt`. @returns `null` when it is no service of this fake. */
export function readTarget(target: string): { service: JsonService; operation: string } | null {
  const [name = "", operation = "", ...rest] = target.split(".")
  const service = Object.hasOwn(targets, name) && rest.length === 0 ? targets[name] : undefined
  return service === undefined ? null : { service, operation }
}

/**
 * Answers a request of the JSON 1.1 protocol.
 *
 * @throws Fault
 */
export function answerJson(call: Call, service: JsonService, name: string): Answer {
  const { method, path, query, headers } = call.request
  const operation = Object.hasOwn(operations[service], name) ? operations[service][name] : undefined
  if (operation === undefined || method !== "POST" || path !== "/" || query !== "") throw unknownOperation()
  if (headers["content-type"] !== "application/x-amz-json-1.1") throw unknownOperation()
  const caller = authenticate(call, service)
  return json(200, operation(call, caller))
}

/** An error in the JSON 1.1 protocol. */
export function jsonFault(service: Service | "unknown", { code, message, status }: Fault): Answer {
  const member = service === "secretsmanager" || capital.test(code) ? "Message" : "message"
  return json(status, { __type: code, ...(message !== "" && { [member]: message }) })
}

export function unknownOperation(): Fault {
  return new Fault("UnknownOperationException", "")
}

function json(status: number, value: object): Answer {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() }
  return { status, headers, body: JSON.stringify(value) }
}

import { createHash } from "node:crypto"
import { arnOf } from "./caller.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { handOut } from "./handout.ts"
import { jsonAnswer } from "./plain.ts"

/** Where ECS and CodeBuild give a container its credentials: this and an id that only the container knows. */
export const containerPath = "/v2/credentials/"

/** The path of a role's credentials, by its ARN. */
export function containerPathOf(roleArn: string): string {
  const digest = createHash("sha256").update(`fake AWS container ${roleArn}`).digest("hex")
  const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5")
  return `${containerPath}${id}`
}

/**
 * Answers as the ECS agent does.
 *
 * @throws Fault
 */
export function answerContainer(call: Call): Answer {
  const { world } = call.state
  const role = world.roles.find((one) => containerPathOf(arnOf(world, one)) === call.request.path)
  if (role === undefined || !role.mechanisms.includes("container")) {
    throw new Fault("InvalidIdInRequest", "CredentialsV2Request: ID not found")
  }
  const handout = handOut(call, role, "container", "build")
  return jsonAnswer(200, {
    RoleArn: handout.role,
    AccessKeyId: handout.accessKeyId,
    SecretAccessKey: handout.secretAccessKey,
    Token: handout.sessionToken,
    Expiration: handout.expiration,
  })
}

/** An error in the ECS agent's form. */
export function containerFault({ code, message, status }: Fault): Answer {
  return jsonAnswer(status, { code, message, HTTPErrorCode: status })
}

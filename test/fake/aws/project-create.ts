import { authorize } from "./authorize.ts"
import { invalidInput } from "./build-variable.ts"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { type MemberTypes, readMembers, readObject } from "./members.ts"
import { type Project, projectArn } from "./project.ts"
import { findProject, placeOf } from "./project-id.ts"
import { checkRole, readEnvironment, readSource, types } from "./project-update.ts"
import { projectView } from "./project-view.ts"

const artifactMembers = { type: "text" } as const satisfies MemberTypes

/** CreateProject of CodeBuild, for projects without artifacts. Its builds succeed, and push nothing. */
export function createProject(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, { ...types, artifacts: "object" })
  const place = placeOf(caller)
  const { name = "", serviceRole, source, environment, artifacts } = members
  if (!/^[A-Za-z0-9][\w-]{1,149}$/.test(name)) throw invalidInput(`Invalid project name: ${name}`)
  authorize(caller, {
    action: "codebuild:CreateProject",
    resource: projectArn(name, place.region, place.account),
  })
  if (source === undefined || environment === undefined || serviceRole === undefined) {
    throw invalidInput("Project source, environment and service role are required")
  }
  if (artifacts === undefined || readObject(artifacts, artifactMembers).type !== "NO_ARTIFACTS") {
    throw invalidInput("Project artifacts are required, and this fake knows NO_ARTIFACTS")
  }
  if (findProject(call.state.world, name, place) !== null) {
    throw new Fault("ResourceAlreadyExistsException", `Project already exists: ${name}`)
  }
  checkRole(call, caller, serviceRole)
  const project: Project = {
    name,
    source: readSource(source),
    environment: readEnvironment(environment),
    serviceRole,
    plays: [{}],
  }
  const { world } = call.state
  call.state.world = { ...world, projects: [...world.projects, project] }
  return { project: projectView(project, place) }
}

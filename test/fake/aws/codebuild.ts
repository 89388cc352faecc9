import { authorize } from "./authorize.ts"
import { startBuild } from "./build-start.ts"
import { buildView } from "./build-view.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { readMembers } from "./members.ts"
import { createProject } from "./project-create.ts"
import { buildReference, findProject, placeOf, projectReference } from "./project-id.ts"
import { updateProject } from "./project-update.ts"
import { projectView } from "./project-view.ts"

/** CodeBuild, as `CodeBuild_20161006.…`. Builds are played by the clock of the builds. */
export const codeBuildOperations: Readonly<Record<string, Operation>> = {
  BatchGetProjects: batchGetProjects,
  CreateProject: createProject,
  UpdateProject: updateProject,
  StartBuild: startBuild,
  BatchGetBuilds: batchGetBuilds,
  StopBuild: stopBuild,
}

function batchGetProjects(call: Call, caller: Caller): object {
  const names = readList(readMembers(call.request.body, { names: "texts" }).names, "names")
  const place = placeOf(caller)
  const references = names.map((name) => ({ asked: name, ...projectReference(name, place) }))
  for (const { arn } of references) authorize(caller, { action: "codebuild:BatchGetProjects", resource: arn })
  const found = references.map((one) => ({ ...one, project: findProject(call.state.world, one.name, place) }))
  return {
    projects: found.flatMap(({ project }) => (project === null ? [] : [projectView(project, place)])),
    projectsNotFound: found.filter(({ project }) => project === null).map(({ asked }) => asked),
  }
}

function batchGetBuilds(call: Call, caller: Caller): object {
  const ids = readList(readMembers(call.request.body, { ids: "texts" }).ids, "ids")
  const { clock, builds } = call.state
  call.record.buildIds = ids
  const place = placeOf(caller)
  const references = ids.map((id) => ({ asked: id, ...buildReference(id, place) }))
  for (const { projectArn: resource } of references) {
    authorize(caller, { action: "codebuild:BatchGetBuilds", resource })
  }
  clock.tick()
  const now = clock.now()
  const found = references.map((one) => ({ ...one, build: builds.find(one.id, place, now) }))
  return {
    builds: found.flatMap(({ build }) => (build === null ? [] : [buildView(build, now)])),
    buildsNotFound: found.filter(({ build }) => build === null).map(({ asked }) => asked),
  }
}

function stopBuild(call: Call, caller: Caller): object {
  const { id } = readMembers(call.request.body, { id: "text" })
  if (id === undefined || id === "") throw new Fault("InvalidInputException", "Build ID is required")
  call.record.buildIds = [id]
  const { clock, builds } = call.state
  const place = placeOf(caller)
  const reference = buildReference(id, place)
  authorize(caller, { action: "codebuild:StopBuild", resource: reference.projectArn })
  const now = clock.now()
  const build = builds.stop(reference.id, place, now)
  if (build === null) throw new Fault("ResourceNotFoundException", `Build cannot be found: ${id}`)
  return { build: buildView(build, now) }
}

function readList(list: readonly string[] | undefined, name: string): readonly string[] {
  if (list !== undefined && list.length >= 1 && list.length <= 100) return list
  const rule = "Member must have length between 1 and 100, inclusive"
  throw new Fault("InvalidInputException", `Value at '${name}' failed to satisfy constraint: ${rule}`)
}

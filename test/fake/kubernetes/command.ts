import type { Credential } from "./certificate.ts"
import type { Cluster } from "./cluster.ts"
import { rolledOut } from "./complete.ts"
import type { LoggedRequest } from "./exchange.ts"
import type { FailureRule } from "./failures.ts"
import type { Json } from "./json-patch.ts"
import type { ResourceName } from "./kinds.ts"
import type { Stored } from "./object.ts"
import { checkPlay, type Plays } from "./play.ts"
import type { Quotas } from "./pod-factory.ts"
import { resourceNamed, resources } from "./resources.ts"
import type { ApiServer, Desk } from "./server.ts"
import { placeOf } from "./store.ts"
import type { Parting } from "./watch-hub.ts"
import { createObject, type PatchType, patchObject, type Target } from "./writing.ts"

/** One object, by its resource and name, such as `deployments` and `web`. */
export interface ObjectName {
  readonly resource: ResourceName
  readonly namespace: string
  readonly name: string
}

/** What may be asked on standard input, one line of JSON each, after the setup. */
export type Command =
  | { readonly do: "ca" | "requests" | "clear-requests" | "clear-failures" | "exec-infos" | "watches" }
  | { readonly do: "fail"; readonly rule: FailureRule }
  | { readonly do: "plays"; readonly plays: Plays }
  | { readonly do: "quotas"; readonly quotas: Quotas }
  | { readonly do: "create"; readonly object: Readonly<Record<string, unknown>> }
  | ({ readonly do: "read" | "delete" | "rolled-out" } & ObjectName)
  | { readonly do: "list"; readonly resource: ResourceName; readonly namespace: string }
  | ({ readonly do: "patch"; readonly type: PatchType; readonly patch: Json } & ObjectName)
  | { readonly do: "token" | "expire-tokens"; readonly user: string }
  | { readonly do: "certificate"; readonly user: string; readonly validMs: number | null }
  | { readonly do: "drop-watches"; readonly how: Parting }
  | { readonly do: "forget" }
  | { readonly do: "stop" | "start" }

/** What some commands give back; the others give `null`. */
export interface Answers {
  readonly ca: string
  readonly requests: readonly LoggedRequest[]
  readonly certificate: Credential
  readonly read: Stored | null
}

/** Does what a command says. @throws Error for one that cannot be done */
export async function run(desk: Desk, server: ApiServer, command: Command): Promise<unknown> {
  switch (command.do) {
    case "ca":
      return desk.authority.certificate
    case "requests":
      return desk.log
    case "clear-requests":
      desk.log.length = 0
      return null
    case "exec-infos":
      return desk.execInfos
    case "watches":
      return desk.hub.count
    case "fail":
      desk.failures.add(command.rule)
      return null
    case "clear-failures":
      desk.failures.clear()
      return null
    case "token":
      return desk.authentication.issueToken(command.user)
    case "expire-tokens":
      desk.authentication.expireTokens(command.user)
      return null
    case "certificate":
      return desk.authentication.issueCertificate(command.user, command.validMs ?? undefined)
    case "drop-watches":
      desk.hub.drop(command.how)
      return null
    case "forget":
      desk.cluster.store.forget()
      return null
    case "stop":
      await server.stop()
      return null
    case "start":
      await server.start()
      return null
    default:
      return runOnObjects(desk.cluster, command)
  }
}

type OnObjects = Extract<
  Command,
  { readonly do: "plays" | "quotas" | "create" | "read" | "delete" | "rolled-out" | "list" | "patch" }
>

function runOnObjects(cluster: Cluster, command: OnObjects): unknown {
  const { store, knobs } = cluster
  switch (command.do) {
    case "plays":
      for (const play of Object.values(command.plays)) checkPlay(play)
      knobs.plays = { ...knobs.plays, ...command.plays }
      return null
    case "quotas":
      knobs.quotas = command.quotas
      return null
    case "create":
      return create(cluster, command.object)
    case "read":
      return store.get(command)
    case "list":
      return store.list(command.resource, command.namespace)
    case "delete":
      return remove(cluster, command)
    case "rolled-out":
      return rolledOut(store, command)
    case "patch":
      return patchObject(store, targetOf(command), command.type, command.patch)
    default:
      throw new Error(`unknown command ${(command as { do: string }).do}`)
  }
}

function create({ store }: Cluster, object: Readonly<Record<string, unknown>>): Stored {
  const resource = resources.find(({ kind }) => kind === object["kind"])
  if (resource === undefined) throw new Error(`no resource has the kind ${object["kind"]}`)
  const { namespace = "", name = "" } = object["metadata"] as Partial<Stored["metadata"]>
  return createObject(store, { resource, namespace, name, dryRun: false }, object)
}

function remove({ store, pods }: Cluster, name: ObjectName): null {
  const object = store.get(name)
  if (object === null) throw new Error(`there is no ${name.resource} ${name.name}`)
  if (name.resource === "pods") pods.delete(object as Parameters<typeof pods.delete>[0])
  else store.remove(placeOf(name.resource, object))
  return null
}

function targetOf({ resource, namespace, name }: ObjectName): Target {
  return { resource: resourceNamed(resource), namespace, name, dryRun: false }
}

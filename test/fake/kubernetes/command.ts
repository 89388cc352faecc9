import type { Cluster } from "./cluster.ts"
import { rolledOut } from "./complete.ts"
import type { FailureRule } from "./failures.ts"
import type { Json } from "./json-patch.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import type { Stored } from "./object.ts"
import { checkPlay, type Plays } from "./play.ts"
import type { Quotas } from "./pod-factory.ts"
import { resourceNamed, resources } from "./resources.ts"
import type { ApiServer, Desk } from "./server.ts"
import { placeOf } from "./store.ts"
import type { Parting } from "./watch-hub.ts"
import type { Webhook } from "./webhook.ts"
import { createObject, type PatchType, patchObject, type Target } from "./writing.ts"

/** One object, by its resource and name, such as `deployments` and `web`. */
export interface ObjectName {
  readonly resource: ResourceName
  readonly namespace: string
  readonly name: string
}

type OnServer =
  | { readonly do: "stop" | "start" | "forget" | "watches" }
  | { readonly do: "drop-watches"; readonly how: Parting }

type OnPeople =
  | { readonly do: "ca" | "exec-infos" }
  | { readonly do: "token" | "expire-tokens"; readonly user: string }
  | { readonly do: "certificate"; readonly user: string; readonly validMs: number | null }

type OnRequests =
  | { readonly do: "requests" | "clear-requests" | "clear-failures" }
  | { readonly do: "fail"; readonly rule: FailureRule }

type OnObjects =
  | { readonly do: "plays"; readonly plays: Plays }
  | { readonly do: "quotas"; readonly quotas: Quotas }
  | { readonly do: "webhooks"; readonly webhooks: readonly Webhook[] }
  | { readonly do: "create"; readonly object: Readonly<Record<string, unknown>> }
  | ({ readonly do: "read" | "delete" | "rolled-out" } & ObjectName)
  | { readonly do: "list"; readonly resource: ResourceName; readonly namespace: string }
  | ({ readonly do: "patch"; readonly type: PatchType; readonly patch: Json } & ObjectName)

/** What may be asked on standard input, one line of JSON each, after the setup. */
export type Command = OnServer | OnPeople | OnRequests | OnObjects

/** Does what a command says. @returns what it gives back, or `null`. @throws Error for one that cannot be done */
export async function run(desk: Desk, server: ApiServer, command: Command): Promise<unknown> {
  switch (command.do) {
    case "stop":
    case "start":
    case "drop-watches":
    case "forget":
    case "watches":
      return runOnServer(desk, server, command)
    case "token":
    case "expire-tokens":
    case "certificate":
    case "ca":
    case "exec-infos":
      return runOnPeople(desk, command)
    case "requests":
    case "clear-requests":
    case "fail":
    case "clear-failures":
      return runOnRequests(desk, command)
    default:
      return runOnObjects(desk.cluster, command)
  }
}

async function runOnServer(desk: Desk, server: ApiServer, command: OnServer): Promise<unknown> {
  switch (command.do) {
    case "watches":
      return desk.hub.count
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
  }
}

function runOnPeople({ authority, authentication, execInfos }: Desk, command: OnPeople): unknown {
  switch (command.do) {
    case "ca":
      return authority.certificate
    case "exec-infos":
      return execInfos
    case "token":
      return authentication.issueToken(command.user)
    case "expire-tokens":
      authentication.expireTokens(command.user)
      return null
    case "certificate":
      return authentication.issueCertificate(command.user, command.validMs ?? undefined)
  }
}

function runOnRequests({ log, failures }: Desk, command: OnRequests): unknown {
  switch (command.do) {
    case "requests":
      return log
    case "clear-requests":
      log.length = 0
      return null
    case "fail":
      failures.add(command.rule)
      return null
    case "clear-failures":
      failures.clear()
      return null
  }
}

function runOnObjects(cluster: Cluster, command: OnObjects): unknown {
  const { store, knobs } = cluster
  switch (command.do) {
    case "plays":
      for (const play of Object.values(command.plays)) checkPlay(play)
      knobs.plays = { ...knobs.plays, ...command.plays }
      return null
    case "webhooks":
      knobs.webhooks = command.webhooks
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
  const { namespace = "", name = "", managedFields } = object["metadata"] as Partial<Stored["metadata"]>
  const created = createObject(store, { resource, namespace, name, dryRun: false }, object)
  if (managedFields === undefined) return created
  const metadata = { ...created.metadata, managedFields }
  return store.replace(resource.plural, { ...created, metadata } as Kinds[ResourceName])
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

import {
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretVersionsListEntry,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager"
import type { LabelMove, NewVersion, SecretWriter, VersionRecord } from "../../ports/secrets.ts"
import { answerOf } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Far more than there can be: AWS keeps about a hundred versions, and all of the last day. */
const maxPages = 100

/** AWS Secrets Manager: `PutSecretValue` under a label of its own, and `UpdateSecretVersionStage`. */
export class AwsSecretWriter implements SecretWriter {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async versions(id: string): Promise<readonly VersionRecord[]> {
    const found: VersionRecord[] = []
    let next: string | undefined
    for (let page = 0; page < maxPages; page += 1) {
      const { Versions = [], NextToken } = await this.#page(id, next)
      found.push(...Versions.flatMap(recordOf))
      // An empty one is none: AWS's have a character at least.
      next = NextToken === "" ? undefined : NextToken
      if (next === undefined) break
    }
    // Of a part, nobody can tell which version is current.
    if (next !== undefined) throw incomplete(requestFor("secretsmanager:ListSecretVersionIds", id).call)
    return found.toSorted((one, other) => (other.createdAt ?? "").localeCompare(one.createdAt ?? ""))
  }

  #page(id: string, token: string | undefined) {
    const command = {
      SecretId: id,
      IncludeDeprecated: true,
      ...(token === undefined ? {} : { NextToken: token }),
    }
    return this.#session.repeat({
      ...requestFor("secretsmanager:ListSecretVersionIds", id),
      send: (client) => client.send(new ListSecretVersionIdsCommand(command)),
    })
  }

  async put(id: string, { versionId, label, text }: NewVersion): Promise<readonly string[]> {
    const SecretString = text.reveal()
    const command = { SecretId: id, ClientRequestToken: versionId, SecretString, VersionStages: [label] }
    const { VersionStages = [] } = await this.#session.repeat({
      ...requestFor("secretsmanager:PutSecretValue", id),
      values: [SecretString, ...valuesIn(SecretString)],
      send: (client) => client.send(new PutSecretValueCommand(command)),
    })
    return VersionStages
  }

  async move(id: string, move: LabelMove): Promise<boolean> {
    const { label, from, to } = move
    const command = {
      SecretId: id,
      VersionStage: label,
      ...(from === null ? {} : { RemoveFromVersionId: from }),
      ...(to === null ? {} : { MoveToVersionId: to }),
    }
    let mayBeMoved = false
    try {
      await this.#session.repeat({
        ...requestFor("secretsmanager:UpdateSecretVersionStage", id),
        send: (client) =>
          client.send(new UpdateSecretVersionStageCommand(command)).catch((error: unknown) => {
            // "If the label is attached and ... the version ID does not match, then the operation fails."
            mayBeMoved = answerOf(error).name === "InvalidParameterException"
            throw error
          }),
      })
      return true
    } catch (error) {
      // AWS has no name for this failure alone, and promises no words: where the label is tells it.
      if (mayBeMoved && !isWhereExpected(move, await this.versions(id))) return false
      throw error
    }
  }
}

/** Whether a label is where it was to be taken from; on no other version, when from nowhere. */
function isWhereExpected({ label, from, to }: LabelMove, versions: readonly VersionRecord[]): boolean {
  const holder = versions.find(({ labels }) => labels.includes(label))?.versionId ?? null
  return holder === from || (from === null && holder === to)
}

/** The texts and numbers of a JSON object, as they are written in it and as they are meant; no names. */
function valuesIn(json: string): readonly string[] {
  const literals = json.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d[\d.eE+-]*/g)
  return [...literals].flatMap(([literal = "", text, colon]) => {
    if (text === undefined) return [literal]
    return colon === undefined ? [text, String(JSON.parse(literal))] : []
  })
}

function recordOf({ VersionId, VersionStages = [], CreatedDate }: SecretVersionsListEntry): VersionRecord[] {
  if (VersionId === undefined) return []
  return [{ versionId: VersionId, labels: VersionStages, createdAt: CreatedDate?.toISOString() ?? null }]
}

function requestFor(action: Call["action"], id: string) {
  const call: Call = { service: "Secrets Manager", action, resource: id }
  const client = (settings: ClientSettings) => new SecretsManagerClient(settings)
  return { call, region: regionInArn("secretsmanager", id), client }
}

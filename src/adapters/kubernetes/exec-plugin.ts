import { isAbsolute } from "node:path"
import { childEnvironment } from "../../core/child-environment.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { ProgramEnd, ProgramLimits, RunProgram } from "../../ports/bounded-program.ts"
import type { ClusterCredential } from "../../ports/cluster.ts"
import type { Log } from "../../ports/log.ts"
import type { Environment } from "../../ports/runtime.ts"
import { type ExecCredential, parseExecCredential } from "./exec-credential.ts"
import { type Fields, isFields, type KubeconfigEntry, pathIn, textOf, wrongEntry } from "./kubeconfig-file.ts"
import { pemOf } from "./pem.ts"

/** A plugin may ask a server that is slow, and no person. */
const limits: ProgramLimits = { timeoutMs: 60_000, leftoverMs: 1_000, maxBytes: 1024 * 1024 }
const maxHintLength = 300
/** A credential is not used up to its last second, so that none ends on its way. */
const skewMs = 60_000
const versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

/** What a kubeconfig is read with. */
export interface KubeconfigTools {
  readonly environment: Environment
  readonly log: Log
  readonly run: RunProgram
}

/**
 * A program that gets credentials, such as `aws eks get-token` (Kubernetes documentation, "client-go credential
 * plugins"). It is run when there is no credential, when the one there is ends, and when the server refused it.
 */
export class ExecPlugin {
  readonly #user: KubeconfigEntry
  readonly #exec: Fields
  readonly #cluster: KubeconfigEntry
  readonly #tools: KubeconfigTools
  #held: ExecCredential | null = null
  #running: Promise<ClusterCredential> | null = null

  constructor(user: KubeconfigEntry, exec: Fields, cluster: KubeconfigEntry, tools: KubeconfigTools) {
    this.#user = user
    this.#exec = exec
    this.#cluster = cluster
    this.#tools = tools
    if (!versions.includes(this.#version)) {
      throw wrongEntry(
        user,
        `the exec plugin of ${printable(user.name)} speaks ${printable(this.#version) || "no version"}, not ${versions[0]}`,
        "make the entry again with a current tool: aws eks update-kubeconfig",
      )
    }
    if (textOf(exec, "command") === null)
      throw wrongEntry(user, `the exec plugin of ${printable(user.name)} has no command`)
    if (textOf(exec, "interactiveMode") === "Always") {
      throw wrongEntry(
        user,
        `the exec plugin of ${printable(user.name)} asks a person, which envseal does not let it`,
      )
    }
  }

  /**
   * @param refused what the server did not take.
   * @throws EnvsealError `NO_CREDENTIALS`.
   */
  async credential(refused?: ClusterCredential): Promise<ClusterCredential> {
    const held = this.#held
    const fresh = held !== null && Date.now() < held.untilMs - skewMs
    if (fresh && !isRefused(held.credential, refused)) return held.credential
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  get #version(): string {
    return textOf(this.#exec, "apiVersion") ?? ""
  }

  get #command(): string {
    const command = textOf(this.#exec, "command") ?? ""
    return command.includes("/") && !isAbsolute(command) ? pathIn(this.#user, command) : command
  }

  async #run(): Promise<ClusterCredential> {
    const answer = parseExecCredential(await this.#execute(), this.#version)
    if (typeof answer === "string") {
      throw this.#refuse(`the credential plugin ${printable(this.#command)} ${answer}`)
    }
    this.#held = answer
    return answer.credential
  }

  async #execute(): Promise<string> {
    const args = this.#exec["args"]
    const words = Array.isArray(args) ? args.map(String) : []
    const env = this.#variables()
    const { log, run } = this.#tools
    log.debug(`runs ${printable(this.#command)} for credentials of ${printable(this.#user.name)}`)
    const { end, stdout, stderr } = await run(this.#command, words, env, limits)
    const lines = stderr.split("\n").filter((text) => text.trim() !== "")
    const said = lines.map((line) => pluginWords(line, env))
    for (const line of said) log.debug(`${printable(this.#command)}: ${line}`)
    if (end.type === "exited" && end.status === 0) return stdout
    throw this.#refuse(`the credential plugin ${printable(this.#command)} ${endText(end, said.at(-1) ?? "")}`)
  }

  #refuse(message: string): EnvsealError {
    const install = textOf(this.#exec, "installHint")
    const hint =
      install === null
        ? "log in again, and see whether kubectl can: kubectl auth whoami"
        : printable(install, maxHintLength)
    return new EnvsealError("NO_CREDENTIALS", message, { hint })
  }

  #variables(): Record<string, string> {
    const list = this.#exec["env"]
    const given = (Array.isArray(list) ? list : []).flatMap((pair: unknown) => {
      const name = isFields(pair) ? textOf(pair, "name") : null
      return name === null || !isFields(pair) ? [] : [[name, String(pair["value"] ?? "")] as const]
    })
    return {
      ...childEnvironment(this.#tools.environment),
      ...Object.fromEntries(given),
      KUBERNETES_EXEC_INFO: JSON.stringify(this.#info()),
    }
  }

  #info(): object {
    const cluster = this.#exec["provideClusterInfo"] === true ? { cluster: this.#clusterInfo() } : {}
    const spec = { ...cluster, interactive: false }
    return { apiVersion: this.#version, kind: "ExecCredential", spec }
  }

  #clusterInfo(): object {
    const { fields } = this.#cluster
    const ca = pemOf(this.#cluster, "certificate-authority")
    return {
      server: fields["server"],
      ...(ca === null ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
      ...(fields["tls-server-name"] === undefined ? {} : { "tls-server-name": fields["tls-server-name"] }),
      ...(fields["proxy-url"] === undefined ? {} : { "proxy-url": fields["proxy-url"] }),
      ...(fields["insecure-skip-tls-verify"] === true ? { "insecure-skip-tls-verify": true } : {}),
      ...pluginConfig(fields["extensions"]),
    }
  }
}

/** @param said its last line. */
function endText(end: ProgramEnd, said: string): string {
  switch (end.type) {
    case "late":
      return `did not end within ${limits.timeoutMs / 1000} s`
    case "talkative":
      return "writes without an end"
    case "unstarted":
      return systemCode(end.error) === "ENOENT" ? "is not there" : "cannot be started"
    case "exited":
      return `failed${said === "" ? "" : `: ${said}`}`
  }
}

/** What the kubeconfig has for the plugin alone (`extensions`, client-go credential plugins). */
function pluginConfig(extensions: unknown): object {
  const all: readonly unknown[] = Array.isArray(extensions) ? extensions : []
  const found = all.find((one) => isFields(one) && one["name"] === "client.authentication.k8s.io/exec")
  return isFields(found) && found["extension"] !== undefined ? { config: found["extension"] } : {}
}

/** Beside a plugin's token there can be a certificate that is the kubeconfig's. */
function isRefused(
  { token, certificate }: ClusterCredential,
  refused: ClusterCredential | undefined,
): boolean {
  if (refused === undefined) return false
  return token === undefined ? certificate === refused.certificate : token === refused.token
}

const maxLength = 300
const minSecretLength = 8
const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|KEY|CREDENTIAL/i

/** What is secret by its form or its place, such as a password in a URL and a token in a header or in JSON. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s"']*@/g, "//***@"],
  [/\b((?:Bearer|Basic)\s+)[^\s"',]+/gi, "$1***"],
  [/"(token|clientKeyData|[\w-]*(?:secret|password))"(\s*:\s*)"(?:[^"\\]|\\.)*/gi, '"$1"$2"***'],
  [/\bk8s-aws-v1\.[\w-]+/g, "***"],
  [/\bey[\w-]{8,}\.[\w.-]+/g, "***"],
  [/(?<![\w+=-])[\w+=-]{80,}/g, "***"],
]

/**
 * A line that a credential plugin wrote for people, safe to show: it works with credentials, and may tell more than
 * it should.
 *
 * @param variables what the plugin was run with; values whose names say that they are secret are not shown.
 */
export function pluginWords(line: string, variables: Readonly<Record<string, string>>): string {
  const secrets = Object.entries(variables).flatMap(([name, value]) =>
    secretName.test(name) && value.length >= minSecretLength ? [value] : [],
  )
  const known = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), line)
  return printable(
    shapes.reduce((text, [shape, instead]) => text.replace(shape, instead), known),
    maxLength,
  )
}

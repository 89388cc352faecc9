import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { parseExecCredential } from "../../../src/adapters/kubernetes/exec-credential.ts"
import { kubeconfigAccess, kubeconfigContexts } from "../../../src/adapters/kubernetes/kubeconfig.ts"
import { runBoundedProgram } from "../../../src/adapters/node/bounded-program.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import { Authority } from "../../fake/kubernetes/certificate.ts"

const said: string[] = []
const log = { warn: (text: string) => said.push(text), debug: (text: string) => said.push(text) }
const authority = new Authority()
const mine = authority.issue({ user: "me", groups: [] })
const other = authority.issue({ user: "other", groups: [] })
const base64 = (text: string) => Buffer.from(text).toString("base64")
let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-kubeconfig-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function config(user: object, cluster: object = {}, context = "shop"): string {
  return JSON.stringify({
    "current-context": context,
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443", ...cluster } }],
    contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user }],
  })
}

const access = (path: string, context: string | null = null) =>
  kubeconfigAccess(context, {
    environment: { KUBECONFIG: path, PATH: process.env["PATH"] },
    log,
    run: runBoundedProgram,
  })

async function failureOf(work: Promise<unknown>): Promise<EnvsealError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof EnvsealError) return error
  throw new Error(`no EnvsealError: ${error}`)
}

const v1 = "client.authentication.k8s.io/v1"

/** A plugin that answers with a token and counts how often it ran. */
function plugin(answer: string, more = ""): object {
  write("plugin.sh", `#!/bin/sh\necho run >> "${folder}/runs"\n${more}\ncat <<'END'\n${answer}\nEND\n`, 0o700)
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin.sh",
      interactiveMode: "Never",
      provideClusterInfo: true,
    },
  }
}

const credential = (token: string, expires: string) =>
  JSON.stringify({ kind: "ExecCredential", apiVersion: v1, status: { token, expirationTimestamp: expires } })

describe("a kubeconfig", () => {
  test("leads to the current context, or to the one that is named", async () => {
    const one = write("one", config({ token: "t1" }, { server: "https://one:6443" }, "one"))
    const two = write("two", config({ token: "t2" }, { server: "https://two:6443" }, "two"))
    expect((await access(one)).server).toBe("https://one:6443")
    // Of two clusters of one name, that of the first file counts, as for kubectl.
    expect((await access(`${one}:${two}`, "two")).server).toBe("https://one:6443")
    expect((await access(`${two}:${one}`)).name).toBe("two")
  })

  test("without the context is refused, and tells the contexts there are", async () => {
    const error = await failureOf(access(write("config", config({ token: "t" })), "production"))
    expect(error.code).toBe("KUBECONFIG_MALFORMED")
    expect(error.message).toMatch(/no context production .* it has shop$/)
  })

  test("that is not there, or no YAML, is refused with its place", async () => {
    expect((await failureOf(access(join(folder, "none")))).message).toContain("there is no kubeconfig at")
    const broken = write("broken", "clusters:\n  - name: a\n bad: [\n")
    expect((await failureOf(access(broken))).message).toMatch(/broken:3:\d+ is not YAML/)
  })

  test("with certificates in files takes their paths from its own folder", async () => {
    write("ca.crt", authority.certificate)
    write("tls.crt", mine.certificate)
    write("tls.key", mine.key)
    const user = { "client-certificate": "tls.crt", "client-key": "tls.key" }
    const found = await access(write("config", config(user, { "certificate-authority": "ca.crt" })))
    expect(found.ca).toBe(authority.certificate)
    expect(await found.credential()).toEqual({ certificate: mine.certificate, key: mine.key })
  })

  test("with certificates in itself takes those before files", async () => {
    const user = {
      "client-certificate": "not-there",
      "client-certificate-data": base64(mine.certificate),
      "client-key-data": base64(mine.key),
    }
    const found = await access(write("config", config(user)))
    expect(await found.credential()).toEqual({ certificate: mine.certificate, key: mine.key })
  })

  test("lists its contexts with their servers", () => {
    const path = write("config", config({ token: "t" }))
    expect(kubeconfigContexts({ KUBECONFIG: path })).toEqual([
      { name: "shop", server: "https://127.0.0.1:6443", namespace: null, current: true },
    ])
  })

  test.each(["http://p:1", "https://p:1", "socks5://me:p%40ss@localhost:1080"])(
    "with the proxy %s leads through it",
    async (proxy) => {
      expect((await access(write("config", config({}, { "proxy-url": proxy })))).proxy).toBe(proxy)
    },
  )

  test("that says not to check the server is followed with a warning", async () => {
    const path = write("config", config({ token: "t" }, { "insecure-skip-tls-verify": true }))
    expect((await access(path)).insecure).toBe(true)
    expect(said.at(-1)).toContain("not to check who answers for shop")
  })

  test.each([
    ["half a certificate", { "client-key-data": base64(mine.key) }, {}],
    [
      "a key of another certificate",
      { "client-certificate-data": base64(mine.certificate), "client-key-data": base64(other.key) },
      {},
    ],
    ["a token of two lines", { token: "hunter2\nx" }, {}],
    ["an authority that is not base64", {}, { "certificate-authority-data": "hunter2!" }],
    ["an authority that is no PEM", {}, { "certificate-authority-data": base64("hunter2") }],
    ["an authority that is not there", {}, { "certificate-authority": "no" }],
    ["a proxy of no known kind", {}, { "proxy-url": "ftp://u:hunter2@proxy.example" }],
    ["a proxy that is no URL", {}, { "proxy-url": "u:hunter2@proxy.example:1080" }],
  ])("with %s is refused at its line, without repeating it", async (_, user, cluster) => {
    const error = await failureOf(access(write("config", config(user, cluster))))
    expect(error.code).toBe("KUBECONFIG_MALFORMED")
    expect(error.message).toMatch(/config:1: /)
    expect(`${error.message} ${error.hint}`).not.toContain("hunter2")
  })

  test.each([
    ["cluster", "clusters", "{ server: https://a }", "{ server: https://b }"],
    ["user", "users", "{ token: hunter2 }", "{ token: hunter2 }"],
    ["context", "contexts", "{ cluster: c, user: u }", "{ cluster: c, user: other }"],
  ])(
    "that has two entries of one name for a %s is refused as by kubectl",
    async (inner, list, one, other) => {
      const rest = JSON.parse(config({ token: "t" }))
      delete rest[list]
      const lines = [
        `${list}:`,
        `- { name: twice, ${inner}: ${one} }`,
        `- { name: twice, ${inner}: ${other} }`,
      ]
      const more = Object.entries(rest).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      const error = await failureOf(access(write("config", [...lines, ...more].join("\n"))))
      expect(error).toMatchObject({
        code: "KUBECONFIG_MALFORMED",
        hint: "remove one of them, or give it another name",
      })
      expect(error.message).toMatch(
        new RegExp(`config:3: there is another ${inner} of the name twice at line 2$`),
      )
    },
  )

  test("that puts one mapping into another by a merge key is read as by kubectl", async () => {
    const lines = [
      "x-server: &s { server: 'https://merged:6443', tls-server-name: a }",
      "clusters: [{ name: c, cluster: { <<: *s, tls-server-name: b } }]",
      "contexts: [{ name: shop, context: { cluster: c, user: u } }]",
      "users: [{ name: u, user: { token: t } }]",
      "current-context: shop",
    ]
    const found = await access(write("config", lines.join("\n")))
    expect(found).toMatchObject({ server: "https://merged:6443", tlsServerName: "b" })
  })

  test("names the line of the context that leads nowhere", async () => {
    const lines = ["current-context: a", "contexts:", "- name: a", "  context: {cluster: x}"]
    const error = await failureOf(access(write("config", lines.join("\n"))))
    expect(error.message).toMatch(/config:3: the context a names a cluster that is not there: x$/)
  })

  test("with a token file reads it again once the token was refused", async () => {
    const file = write("token", "first\n")
    const found = await access(write("config", config({ tokenFile: "token" })))
    const first = await found.credential()
    writeFileSync(file, "second\n")
    expect(await found.credential()).toEqual({ token: "first" })
    expect(await found.credential(first)).toEqual({ token: "second" })
    writeFileSync(file, "hunter2\nof two lines")
    const error = await failureOf(found.credential(first))
    expect(error.code).toBe("NO_CREDENTIALS")
    expect(error.message).not.toContain("hunter2")
  })

  test.each([
    ["a password", { username: "admin", password: "hunter2" }],
    ["another user to act as", { token: "hunter2", as: "admin" }],
    ["an auth-provider", { "auth-provider": { name: "gcp" } }],
    ["an old plugin", { exec: { apiVersion: "client.authentication.k8s.io/v1alpha1", command: "x" } }],
    [
      "a plugin that asks",
      { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "x", interactiveMode: "Always" } },
    ],
  ])("with %s is refused without repeating it", async (_, user) => {
    const error = await failureOf(access(write("config", config(user))))
    expect(error.code).toBe("KUBECONFIG_MALFORMED")
    expect(JSON.stringify([error.message, error.hint])).not.toContain("hunter2")
  })

  test.each([
    ["no https", "http://cluster.example"],
    ["a password in it", "https://u:hunter2@cluster.example"],
    ["a query", "https://cluster.example/?token=hunter2"],
    ["no URL", "hunter2"],
  ])("with a server that has %s is refused without repeating it", async (_, server) => {
    const error = await failureOf(access(write("config", config({ token: "t" }, { server }))))
    expect(error.code).toBe("KUBECONFIG_MALFORMED")
    expect(error.message).not.toContain("hunter2")
  })

  test("with an anchor that is not there is refused", async () => {
    expect((await failureOf(access(write("config", "users: *none")))).code).toBe("KUBECONFIG_MALFORMED")
  })

  test("that is a template still to be filled in makes the parser warn of none of its text", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue(undefined)
    const error = await failureOf(access(write("config", "users: {{ hunter2: 1 }: 2}")))
    expect(error.code).toBe("KUBECONFIG_MALFORMED")
    expect(warn.mock.calls).toEqual([])
    warn.mockRestore()
  })

  test.each(["*nowhere", "a: &a [*a]", "&a [*b]"])("with the alias of %s is refused", async (text) => {
    expect((await failureOf(access(write("config", text)))).code).toBe("KUBECONFIG_MALFORMED")
  })

  test("of any text ends with an access or a code, never a crash", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const result = await access(write("any", text)).catch((error: unknown) => error)
        expect(result instanceof Error ? result : null).toSatisfy(
          (error) => error === null || error instanceof EnvsealError,
        )
      }),
    )
  })
})

describe("a credential plugin", () => {
  test("is run once while its credential is good, and again when that was refused", async () => {
    const user = plugin(credential("secret-token", "2099-01-01T00:00:00Z"))
    const found = await access(write("config", config(user)))
    const first = await found.credential()
    expect(first).toEqual({ token: "secret-token" })
    await found.credential()
    expect(await runs()).toBe(1)
    await found.credential(first)
    expect(await runs()).toBe(2)
  })

  test("beside a client certificate is run again when its token was refused", async () => {
    const user = plugin(credential("t", "2099-01-01T00:00:00Z"))
    const found = await access(write("config", config(user)))
    await found.credential({ ...(await found.credential()), certificate: "of the kubeconfig" })
    expect(await runs()).toBe(2)
  })

  test("whose credential has ended is run again", async () => {
    const found = await access(write("config", config(plugin(credential("t", "2020-01-01T00:00:00Z")))))
    await found.credential()
    await found.credential()
    expect(await runs()).toBe(2)
  })

  test.each([
    ["in half a minute, which the server's clock may have passed", 30, 2],
    ["in an hour", 3_600, 1],
  ])("whose credential ends %s is run again where it must be", async (_, seconds, times) => {
    const end = new Date(Date.now() + seconds * 1_000).toISOString()
    const found = await access(write("config", config(plugin(credential("t", end)))))
    await found.credential()
    await found.credential()
    expect(await runs()).toBe(times)
  })

  test("gets the cluster in KUBERNETES_EXEC_INFO, and no identity of envseal", async () => {
    const more = `printf '%s' "$KUBERNETES_EXEC_INFO" > "${folder}/info"; env > "${folder}/env"`
    const extension = { audience: "x" }
    const cluster = { extensions: [{ name: "client.authentication.k8s.io/exec", extension }] }
    const path = write("config", config(plugin(credential("t", "2099-01-01T00:00:00Z"), more), cluster))
    const environment = { KUBECONFIG: path, PATH: process.env["PATH"], ENVSEAL_IDENTITY: "AGE-SECRET-KEY-1X" }
    await (await kubeconfigAccess(null, { environment, log, run: runBoundedProgram })).credential()
    expect(JSON.parse(await read("info"))).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: { cluster: { server: "https://127.0.0.1:6443", config: extension }, interactive: false },
    })
    expect(await read("env")).not.toContain("AGE-SECRET-KEY")
  })

  test("has 60 seconds to end, and a second more for its output", async () => {
    const path = write("config", config(plugin(credential("t", "2099-01-01T00:00:00Z"))))
    const given: object[] = []
    const environment = { KUBECONFIG: path, PATH: process.env["PATH"] }
    const run: typeof runBoundedProgram = (command, args, variables, limits) => {
      given.push(limits)
      return runBoundedProgram(command, args, variables, limits)
    }
    await (await kubeconfigAccess(null, { environment, log, run })).credential()
    expect(given).toEqual([{ timeoutMs: 60_000, leftoverMs: 1_000, maxBytes: 1_048_576 }])
  })

  test("that fails tells its last line, and what to install when it is not there", async () => {
    const failing = await access(
      write("config", config(plugin("", "echo 'token expired: log in' >&2; exit 1"))),
    )
    const error = await failureOf(failing.credential())
    expect(error.code).toBe("NO_CREDENTIALS")
    expect(error.message).toContain("failed: token expired: log in")
    expect(said.at(-1)).toMatch(/plugin\.sh: token expired: log in$/)
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "no-such-plugin",
      installHint: "install it",
    }
    const missing = await failureOf((await access(write("config", config({ exec })))).credential())
    expect(missing.message).toContain("no-such-plugin is not there")
    expect(missing.hint).toBe("install it")
  })

  test.each([
    ["its own variables", "no right for $CLIENT_SECRET", "no right for ***"],
    ["a credential of the environment", "bad key $AWS_SECRET_ACCESS_KEY", "bad key ***"],
    [
      "a proxy with a password",
      "no way by http://me:hunter2@x@proxy:3128",
      "no way by http://***@proxy:3128",
    ],
    [
      "a bearer token",
      "sent Authorization: Bearer hunter2.a/b to it",
      "sent Authorization: Bearer *** to it",
    ],
    ["a token of EKS", `refused k8s-aws-v1.${"aHVudGVyMg".repeat(9)}`, "refused ***"],
    ["a JSON web token", "refused eyJhbGciOiJub25lIn0.eyJodW50ZXIyIjoxfQ.c2ln", "refused ***"],
    ["its own answer", `refused {"token":"hunter2"}`, 'refused {"token":"***"}'],
  ])("that fails and repeats %s is told without it", async (_, line, shown) => {
    const { exec } = plugin("", `cat <<END >&2\n${line}\nEND\nexit 1`) as { exec: object }
    const env = [{ name: "CLIENT_SECRET", value: "hunter2-of-a-client" }]
    const path = write("config", config({ exec: { ...exec, env } }))
    const environment = {
      KUBECONFIG: path,
      PATH: process.env["PATH"],
      AWS_SECRET_ACCESS_KEY: "hunter2/of/the/environment",
    }
    const found = await kubeconfigAccess(null, { environment, log, run: runBoundedProgram })
    const error = await failureOf(found.credential())
    expect(error.message).toMatch(/ failed: /)
    expect(error.message.split(" failed: ")[1]).toBe(shown)
    expect(said.at(-1)?.endsWith(`plugin.sh: ${shown}`)).toBe(true)
  })

  test("that answers with no credential is refused without repeating its answer", async () => {
    const found = await access(write("config", config(plugin('{"status":{"tokn":"hunter2"}}'))))
    const error = await failureOf(found.credential())
    expect(error.code).toBe("NO_CREDENTIALS")
    expect(error.message).not.toContain("hunter2")
  })
})

describe("what a credential plugin writes", () => {
  const answer = (status: object, apiVersion = v1) =>
    JSON.stringify({ kind: "ExecCredential", apiVersion, status })

  test.each([
    ["no JSON", "hunter2", "wrote no ExecCredential"],
    ["null", "null", "wrote no ExecCredential"],
    ["another kind", '{"kind":"Token"}', "wrote no ExecCredential"],
    ["another version", answer({ token: "hunter2" }, `${v1}beta1`), "answered in another version"],
    ["a token that is none", answer({ token: "hunter2\n" }), "without a credential"],
    ["half a certificate", answer({ clientCertificateData: "hunter2" }), "without a credential"],
    [
      "an end that is no time",
      answer({ token: "t", expirationTimestamp: "hunter2" }),
      "whose end is no time",
    ],
  ])("is refused when it is %s, without repeating it", (_, text, what) => {
    const parsed = parseExecCredential(text, v1)
    expect(parsed).toContain(what)
    expect(parsed).not.toContain("hunter2")
  })

  test("can be a certificate beside a token", () => {
    const status = { token: "t", clientCertificateData: "c", clientKeyData: "k" }
    expect(parseExecCredential(answer(status), v1)).toEqual({
      credential: { token: "t", certificate: "c", key: "k" },
      untilMs: Number.POSITIVE_INFINITY,
    })
  })

  test("never makes it crash", () => {
    const likely = fc.json().map((json) => `{"kind":"ExecCredential","apiVersion":"${v1}","status":${json}}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), likely), (text) => {
        expect(["string", "object"]).toContain(typeof parseExecCredential(text, v1))
      }),
    )
  })
})

async function read(name: string): Promise<string> {
  const { readFile } = await import("node:fs/promises")
  return readFile(join(folder, name), "utf8")
}

async function runs(): Promise<number> {
  return (await read("runs")).trim().split("\n").length
}

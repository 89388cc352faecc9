import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { version } from "../../src/core/version.ts"
import { open } from "../../src/open/run/open-envelope.ts"
import { inspect } from "../../src/open/run/read-claims.ts"
import { fakePorts } from "../fake/ports.ts"

const folder = join(import.meta.dirname, "../vectors/compat")
const releases = readdirSync(folder).flatMap((name) => /^(.+)\.env\.sealed$/.exec(name)?.[1] ?? [])
const fileOf = (release: string, end: string) => readFileSync(join(folder, `${release}.${end}`))

function keysOf(release: string): { release: string; key: string; type: string }[] {
  return fileOf(release, "key.txt")
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith("AGE-SECRET-KEY-"))
    .map((key) => ({ release, key, type: key.startsWith("AGE-SECRET-KEY-PQ-") ? "post-quantum" : "X25519" }))
}

describe("what a released version sealed", () => {
  test.each(releases.flatMap(keysOf))("opens with its $type identity: $release", async ({ release, key }) => {
    const ports = fakePorts({ files: { ".env.sealed": fileOf(release, "env.sealed"), "key.txt": key } })
    const expected = { app: "shop", environment: "production" }
    const { text, claims } = await open(
      { in: ".env.sealed", expect: expected, kmsKeys: null, identities: ["key.txt"] },
      ports,
    )
    expect(text.reveal()).toBe(fileOf(release, "env").toString("utf8"))
    expect(claims.provenance.envseal).toBe(release)
  })

  test("can be inspected, with everything that 0.1.0 wrote", async () => {
    const ports = fakePorts({ files: { ".env.sealed": fileOf("0.1.0", "env.sealed") } })
    const { stanzas, provenance, recipients } = await inspect(".env.sealed", ports)
    expect(stanzas).toEqual(["envseal/context", "X25519", "mlkem768x25519"])
    expect(recipients).toHaveLength(2)
    expect(provenance).toMatchObject({ names: 12, sources: [{ type: "file" }] })
    expect(provenance.buildId).toMatch(/^shop:/)
    expect(provenance.commit).toMatch(/^[0-9a-f]{40}$/)
  })

  test("is there for the first release, and for no release that is still to come", () => {
    expect(releases).toContain("0.1.0")
    const latest = [...releases, version].sort(new Intl.Collator("en", { numeric: true }).compare).at(-1)
    expect(latest).toBe(version)
  })
})

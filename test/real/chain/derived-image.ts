import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account } from "../../fake/aws/world.ts"
import type { Chain } from "./stage.ts"

/**
 * Pushes an image that is the one that was built last but for these files of the app, and that ECR knows.
 *
 * @param tag of its own.
 * @returns its name, by the digest.
 */
export async function derivedImage(
  { aws, engine, machine }: Chain,
  tag: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const from = machine.builds.at(-1)?.exported["ENVSEAL_IMAGE"] ?? ""
  const [repository = ""] = from.split("@")
  const [host = ""] = repository.split("/")
  const folder = mkdtempSync(join(tmpdir(), "envseal-derived-"))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    writeFileSync(join(folder, ".dockerignore"), "Dockerfile\n.dockerignore\n")
    writeFileSync(join(folder, "Dockerfile"), `FROM ${from}\nCOPY . .\n`)
    const name = `${repository}:${tag}`
    await engine.docker("build", "--quiet", "--tag", name, folder)
    const login = ["login", "--username", "AWS", "--password-stdin", host]
    await engine.try(login, { input: registryPassword(account) })
    await engine.docker("push", "--quiet", name)
    await engine.docker("logout", host)
    const image = await engine.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", name)
    const pushed = { digest: image.split("@")[1] ?? "", tags: [tag], pushedAt: new Date().toISOString() }
    const { repositories = [] } = await aws.world()
    await aws.setWorld({
      repositories: repositories.map((one) => ({ ...one, images: [...one.images, pushed] })),
    })
    return image
  } finally {
    rmSync(folder, { recursive: true })
  }
}

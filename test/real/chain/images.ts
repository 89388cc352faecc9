import { join } from "node:path"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account } from "../../fake/aws/world.ts"
import { type Engine, startEngine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { allOf } from "./all-of.ts"
import { makePublicImages, nginxImage } from "./public-images.ts"
import { ecr } from "./world.ts"

/** The image that carries envseal. */
const carrier = `${ecr}/envseal:test`

/** What builds are made with. */
export interface Images {
  readonly engine: Engine
  /** The name of the image that carries envseal, by its digest. */
  readonly binaryImage: string
}

/**
 * Makes all images that are not the app's, and publishes the one that carries envseal, and the web server's.
 *
 * @param address of the registry.
 */
export async function startImages(undo: AsyncDisposableStack, address: string): Promise<Images> {
  const engine = await startEngine({ hosts: { [ecr]: address }, images: "chain" })
  undo.defer(() => engine.stop())
  undo.defer(() => removeImages(engine))
  const login = ["login", "--username", "AWS", "--password-stdin", ecr]
  const { status, stderr } = await engine.try(login, { input: registryPassword(account) })
  if (status !== 0) throw new Error(`docker login: ${stderr}`)
  // What is pushed is compressed, by one core for each layer: that of the one goes on beside that of the other.
  await allOf([publishCarrier(engine), publishNginx(engine)])
  await engine.docker("logout", ecr)
  const digest = ["image", "inspect", "--format", "{{index .RepoDigests 0}}", carrier]
  return { engine, binaryImage: await engine.docker(...digest) }
}

async function publishCarrier(engine: Engine): Promise<void> {
  const dockerfile = join(root, "docker/envseal.Dockerfile")
  await engine.docker("build", "--quiet", "--file", dockerfile, "--tag", carrier, join(root, "dist/bin"))
  await engine.docker("push", "--quiet", carrier)
}

async function publishNginx(engine: Engine): Promise<void> {
  await makePublicImages(engine)
  const name = nginxImage.replace(/^[^/]+/, ecr)
  await engine.docker("tag", nginxImage, name)
  await engine.docker("push", "--quiet", name)
}

async function removeImages(engine: Engine): Promise<void> {
  const names = await engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}", `${ecr}/*`)
  const ids = await engine.docker("images", "--quiet", "--no-trunc", `${ecr}/*`)
  const all = [...new Set(`${names}\n${ids}`.split("\n"))].filter((name) => !/^$|<none>/.test(name))
  if (all.length > 0) await engine.try(["rmi", "--force", ...all])
}

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { deployScreen, pictureColumns } from "./deploy-screen.ts"
import { terminalSvg } from "./terminal-svg.ts"

const file = join(import.meta.dirname, "../docs/pictures/deploy.svg")
const title = "envseal deploy production, which ends with all pods on the new image"

/** Takes the README's picture of a deploy from a run of the demo: `npm run picture`. */
writeFileSync(file, terminalSvg(await deployScreen(), title, pictureColumns))

import { join } from "node:path"

/** The top of the repository. */
export const root = join(import.meta.dirname, "../../..")

/** What takes long to make and is kept from one run to the next. */
export const cache = join(root, ".cache/docker")

/** This release of envseal, as written into the provenance of every envelope. A test ties it to package.json. */
export const version = "0.1.0"

/** Where bugs are reported: `bugs.url` of package.json, `null` while it has none. A test ties it to package.json. */
export const bugAddress: string | null = null

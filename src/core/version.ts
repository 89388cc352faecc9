/** This release of envseal, as written into the provenance of every envelope. A test ties it to package.json. */
export const version = "0.1.0"

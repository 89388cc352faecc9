/** The home folder of the user who runs this, by the system. It loads `node:os`: ask where `HOME` does not say. */
export function homeFolder(): string {
  return process.getBuiltinModule("node:os").homedir()
}

/** What `open` needs besides when it is to write a file, or to become a command: loaded together, and by nothing else. */
export { nodeLauncher } from "../../adapters/node/launcher.ts"
export { checkReading } from "./check-reading.ts"

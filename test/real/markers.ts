import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"

/** The files on the disk that this machine runs from, written since a file was, that have a text in them. */
export function filesWith(marker: string, since: string): Promise<readonly string[]> {
  const search = 'find / -xdev -type f -newer "$1" -exec grep -lF -e "$2" {} + 2>/dev/null; true'
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", search, "sh", since, marker], (error, stdout) => {
      if (error === null) resolve(stdout.split("\n").filter((line) => line !== ""))
      else reject(error)
    })
  })
}

/** A text that stands nowhere else, and a file that was written before it was used. */
export function newMarker(stamp: string): string {
  writeFileSync(stamp, "")
  return `marker${crypto.randomUUID().replaceAll("-", "")}`
}

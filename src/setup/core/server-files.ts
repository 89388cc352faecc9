import type { NewFile } from "./file.ts"
import type { OctaneServer } from "./octane.ts"
import { octaneBoot, octaneIni } from "./octane-image.ts"
import { templateFiles } from "./template-files.ts"

/** What the image starts its server with. @param server of Octane; `null` for php-fpm. */
export function serverFiles(server: OctaneServer | null): readonly NewFile[] {
  const file = (path: string, text: string, executable = false): NewFile => ({ path, text, executable })
  if (server !== null) return [file("boot.sh", octaneBoot(), true), file("php.ini", octaneIni())]
  return [
    file("boot.sh", templateFiles.boot, true),
    file("php-fpm.conf", templateFiles.phpFpm),
    file("php.ini", templateFiles.phpIni),
  ]
}

import { connect } from "node:net"
import { hangMs } from "../hang.ts"

/** What a FastCGI application answered. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly stderr: string
}

const version = 1
const beginRequest = 1
const endRequest = 3
const params = 4
const stdin = 5
const stdout = 6
const stderr = 7
const responder = 1
const requestId = 1
const headerBytes = 8

/**
 * A GET request to php-fpm, as a web server in front of it makes it (FastCGI Specification 1.0).
 *
 * @throws Error when nothing listens, or no whole answer comes in time.
 */
export function get(
  port: number,
  script: string,
  path: string,
  { host = "127.0.0.1", timeoutMs = hangMs } = {},
): Promise<Answer> {
  const variables = {
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_PROTOCOL: "HTTP/1.1",
    REQUEST_METHOD: "GET",
    SCRIPT_FILENAME: script,
    SCRIPT_NAME: "/index.php",
    REQUEST_URI: path,
    QUERY_STRING: path.split("?")[1] ?? "",
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    REMOTE_ADDR: "127.0.0.1",
    HTTP_HOST: "localhost",
  }
  const request = Buffer.concat([
    record(beginRequest, Buffer.from([0, responder, 0, 0, 0, 0, 0, 0])),
    record(params, Buffer.concat(Object.entries(variables).map(pair))),
    record(params, Buffer.alloc(0)),
    record(stdin, Buffer.alloc(0)),
  ])
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host, port }, () => socket.write(request))
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error("php-fpm did not answer in time")))
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.once("error", reject)
    socket.once("close", () => {
      const answer = readAnswer(Buffer.concat(chunks))
      if (answer === null) reject(new Error("php-fpm closed the connection before its answer was whole"))
      else resolve(answer)
    })
  })
}

function record(type: number, content: Buffer): Buffer {
  const header = Buffer.from([version, type, 0, requestId, 0, 0, 0, 0])
  header.writeUInt16BE(content.length, 4)
  return Buffer.concat([header, content])
}

function pair([name, value]: [string, string]): Buffer {
  const length = (text: string) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE((Buffer.byteLength(text) | 0x80000000) >>> 0)
    return bytes
  }
  return Buffer.concat([length(name), length(value), Buffer.from(name), Buffer.from(value)])
}

/** @returns `null` when it has no end. */
function readAnswer(bytes: Buffer): Answer | null {
  const parts: Record<number, Buffer[]> = { [stdout]: [], [stderr]: [] }
  let ended = false
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const [type = 0, length, padding = 0] = [bytes[at + 1], bytes.readUInt16BE(at + 4), bytes[at + 6]]
    parts[type]?.push(bytes.subarray(at + headerBytes, at + headerBytes + length))
    ended ||= type === endRequest
    at += headerBytes + length + padding
  }
  if (!ended) return null
  const [head = "", ...body] = Buffer.concat(parts[stdout] ?? [])
    .toString()
    .split("\r\n\r\n")
  const headers = Object.fromEntries(
    head.split("\r\n").map((line) => {
      const [name = "", ...value] = line.split(":")
      return [name.toLowerCase(), value.join(":").trim()]
    }),
  )
  return {
    status: Number.parseInt(headers["status"] ?? "200", 10),
    headers,
    body: body.join("\r\n\r\n"),
    stderr: Buffer.concat(parts[stderr] ?? []).toString(),
  }
}

// In a container that shares its network with php-fpm: `node fastcgi.ts PORT SCRIPT PATH` prints the answer as JSON.
if (import.meta.main) {
  const [port = "", script = "", path = ""] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await get(Number(port), script, path)))
}

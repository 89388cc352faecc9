import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { isClosedToNode, judgeFpm } from "../../src/doctor/core/fpm.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"

const answersTo = (text: string) => judgeFpm(text, "php-fpm.conf").map(({ answer }) => answer)
const pool = (...lines: readonly string[]) => ["[global]", "daemonize = no", "[www]", ...lines, ""].join("\n")

test.each([
  ["a port of its own pod", pool("listen = 127.0.0.1:9000"), ["ok"]],
  ["the same in quotes, with a comment", pool('listen = "localhost:9000" ; no other'), ["ok"]],
  ["the same of IPv6", pool("listen = [::1]:9000"), ["ok"]],
  ["a socket", pool("listen = /run/php/fpm.sock"), ["ok"]],
  [
    "a port of every address, for its own machine alone",
    pool("listen = 9000", "listen.allowed_clients = 127.0.0.1, ::1"),
    ["ok"],
  ],
  ["a port", pool("listen = 9000"), ["no"]],
  ["a port, in a file with CRLF", pool("listen = 9000").replaceAll("\n", "\r\n"), ["no"]],
  ["every address", pool("listen=0.0.0.0:9000"), ["no"]],
  ["every address of IPv6", pool("listen = [::]:9000"), ["no"]],
  [
    "clients that are more than its own machine",
    pool("listen = 9000", "listen.allowed_clients = 127.0.0.1,10.0.0.5"),
    ["no"],
  ],
  ["one pool of two", pool("listen = 127.0.0.1:9000", "[api]", "listen = 9001"), ["no"]],
  ["a variable", pool("listen = ${FPM_LISTEN}"), ["not checked"]],
  ["an address of the pod", pool("listen = 10.1.2.3:9000"), ["not checked"]],
  ["a comment", pool("; listen = 9000"), []],
  ["nothing", "", []],
])("of php-fpm that listens to %s, doctor says so", (_, text, answers) => {
  expect(answersTo(text)).toEqual(answers)
})

test("without a file there is nothing to say", () => {
  expect(isClosedToNode(null)).toBe(false)
  expect(judgeFpm(null, "php-fpm.conf")).toEqual([])
})

test.each([
  ["its own pod", true, pool("listen = 127.0.0.1:9000")],
  ["every address, which is to be mended", true, pool("listen = 9000")],
  [
    "every address, and turns others away once they are connected",
    false,
    pool("listen = 9000", "listen.allowed_clients = 127.0.0.1"),
  ],
  ["a variable", false, pool("listen = ${FPM_LISTEN}")],
  ["an address of the pod", false, pool("listen = 10.1.2.3:9000")],
  ["what another file says", false, pool("pm = static")],
])("php-fpm that listens to %s is closed to the node's kubelet: %s", (_, closed, text) => {
  expect(isClosedToNode(text)).toBe(closed)
})

test("the remedy, applied as it is printed, ends in ok, and names the probes", () => {
  const text = pool("; of the shop", "listen = 9000")
  const [finding] = judgeFpm(text, "app/php-fpm.conf")
  const [first = "", second = ""] = (finding?.remedies ?? []).map(remedyText)
  expect(first).toBe('set listen to "127.0.0.1:9000" at app/php-fpm.conf:5:1')
  expect(second).toContain("tcpSocket")
  expect(answersTo(text.replace("listen = 9000", 'listen = "127.0.0.1:9000"'))).toEqual(["ok"])
})

test("the example's file is in order", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docker/php-fpm.conf"), "utf8")
  expect(answersTo(text)).toEqual(["ok"])
})

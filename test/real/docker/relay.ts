import { connect, createServer } from "node:net"

// `node relay.ts ADDRESS PORT TO` hands on what comes to an address, to a port of 127.0.0.1, and says so when it does.
const [address = "", port = "", to = ""] = process.argv.slice(2)
const server = createServer((near) => {
  const far = connect(Number(to), "127.0.0.1")
  near.pipe(far).pipe(near)
  near.once("error", () => far.destroy())
  far.once("error", () => near.destroy())
})
server.listen(Number(port), address, () => process.stdout.write("listening\n"))

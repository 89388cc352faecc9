import { main } from "./main.ts"

// Where the standalone binary begins. The package begins in bin/envseal.js, which looks at Node's version first.
await main(process.argv.slice(2))

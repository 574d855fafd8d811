// A whole Bluesky network on loopback: PLC, PDS, app view. Prints one line of JSON when it is ready.
//
// Needs NETWORK_HOME (where install.sh put node_modules), DB_POSTGRES_URL and REDIS_HOST. Runs until its standard input
// is closed, so that it never outlives whoever started it.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import './listen-loopback.mjs'

const installed = createRequire(`${process.env.NETWORK_HOME}/package.json`)
const { TestNetwork } = await import(pathToFileURL(installed.resolve('@atproto/dev-env')).href)

const network = await TestNetwork.create({
  dbPostgresSchema: 'network',
  pds: { hostname: 'localhost', ...JSON.parse(process.env.PDS_OPTIONS ?? '{}') },
})
console.log(JSON.stringify({ pds: network.pds.url, bsky: network.bsky.url }))

process.stdin.resume()
process.stdin.on('end', async () => {
  try {
    await network.close()
  } finally {
    process.exit(0)
  }
})

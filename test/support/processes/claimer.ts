// A process that claims everything due, seals what it claimed when told so, says how many rows it holds, and then only waits to be killed.
import { connect } from '../../../src/adapters/postgres/index.ts'
import { blobFolder } from '../blobs.ts'
import { sealedMessage, start } from '../records.ts'

const [url = '', seal] = process.argv.slice(2)
const database = await connect(url, { blobs: await blobFolder() })
const outbound = await database.claimOutbound(100, start)
const inbound = await database.claimInbound(100, start)
if (seal === 'seal')
  for (const { transmission } of outbound) await database.keepSealed(transmission.id, sealedMessage())
console.log(outbound.length + inbound.length)
setInterval(() => undefined, 1000)

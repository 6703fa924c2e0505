// A whole node in a process of its own: it says where it is reached, works, and waits to be killed.
import { loadConfig } from '../../../src/config.ts'
import { createNode } from '../../../src/node.ts'
import { memoryLog } from '../log.ts'

const values = JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>
const node = await createNode(loadConfig({ values }, {}), { log: memoryLog() })
console.log(node.url)

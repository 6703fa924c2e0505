import { parentPort } from 'node:worker_threads'
import { CompiledSchemas } from './compiled-schemas.ts'
import type { AnswerMessage, TaskMessage } from './schema-worker.ts'

/* The other side of SchemaWorker: a thread that checks what it is sent. */

const schemas = new Map<string, CompiledSchemas>()

async function answer({ id, folder, pack, root, octets }: TaskMessage): Promise<AnswerMessage> {
  try {
    let compiled = schemas.get(folder)
    if (compiled === undefined) schemas.set(folder, (compiled = new CompiledSchemas(folder)))
    const schema = await compiled.schemaOf(pack, root)
    return { id, problems: schema.check(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)) }
  } catch (error) {
    return { id, failure: (error as Error).message }
  }
}

parentPort?.on('message', (task: TaskMessage) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  void answer(task).then(result => parentPort?.postMessage(result))
})

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedFile } from '../../services/documents/index.ts'
import type { Command } from './command.ts'
import { readDocumentFile } from './document-files.ts'
import { engineFor } from './documents.ts'
import { FileNames } from './file-names.ts'

export const extract: Command = {
  name: 'extract',
  summary: 'Writes the files inside a document: the XML of a Factur-X, and the attachments of any document.',
  usage: 'FILE [--output FOLDER]',
  positionals: { min: 1, max: 1 },
  options: {
    output: { type: 'string', short: 'o', value: 'FOLDER', text: 'Where they are put; this folder when not given.' },
  },
  notes: [
    'FILE - reads standard input. Names are made safe and numbered where two are the same; a file that is there is not',
    'written over. With --json every file gives one line.',
  ],
  async run(given, terminal) {
    const [file = ''] = given.positionals
    const folder = given.value('output') ?? '.'
    await using engine = engineFor(given, 1)
    const { files, findings } = await engine.files(readDocumentFile(file))
    const [first] = findings
    if (first !== undefined) {
      terminal.failure(first.message, { code: first.rule })
      return 1
    }
    if (files.length > 0) mkdirSync(folder, { recursive: true })
    const names = new FileNames(name => existsSync(join(folder, name)))
    for (const one of files) {
      const path = join(folder, names.nameFor(one))
      // `wx`: what came between the look and the writing is not written over either.
      writeFileSync(path, one.octets, { flag: 'wx' })
      terminal.data(told(path, one))
      terminal.line(`${path}  ${one.mimeType}  ${one.octets.length} octets`)
    }
    if (files.length === 0) terminal.line('there are no files in it')
    return 0
  },
}

function told(path: string, { name, mimeType, description, relationship, octets }: EmbeddedFile): object {
  return { file: path, name, mimeType, description, relationship, size: octets.length }
}

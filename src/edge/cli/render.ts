import { type Command, UsageError } from './command.ts'
import { conversionOptions, writeConverted } from './conversion.ts'

export const render: Command = {
  name: 'render',
  summary: 'Shows an invoice of any format as a person reads it: a page of HTML, or a PDF.',
  usage: 'FILE [--to html|pdf] [--language LANGUAGE] [--output FILE]',
  positionals: { min: 1, max: 1 },
  options: {
    to: { type: 'string', value: 'FORM', text: 'html or pdf; html when not given.' },
    ...conversionOptions,
  },
  notes: ['FILE - reads standard input. An invoice that is not whole is shown with what it has.'],
  async run(given, terminal) {
    const to = given.value('to') ?? 'html'
    if (to !== 'html' && to !== 'pdf') throw new UsageError(`--to ${to}: must be html or pdf`)
    return await writeConverted(to, { given, terminal })
  },
}

import {
  type Entry,
  type Finding,
  type FindingLanguage,
  type Group,
  type PartialInvoice,
  type Text,
  filled,
  frenchNameOf,
  invoiceFields,
} from '../../wire/invoice/index.ts'

type Bag = Readonly<Record<string, unknown>>

const text: Text = {
  en: '{title} has characters that the font of the PDF lacks, shown as boxes: {characters}',
  fr: '{title} contient des caractères absents de la police du PDF, montrés comme des carrés : {characters}',
}

/** Of one text; whoever wants to know more looks at it. */
const charactersMax = 20
const findingsMax = 100

/** A warning `pdf.characters` for every term with characters that `lacking` finds in its text: the page does not say what it says. */
export function unshownIn(
  invoice: PartialInvoice,
  lacking: (text: string) => readonly string[],
  language: FindingLanguage,
): readonly Finding[] {
  const findings: Finding[] = []
  const look = (value: unknown, entry: Entry, pointer: string): void => {
    if (entry.shape === 'one') group(entry.fields, value as Bag, pointer)
    if (entry.shape === 'many') {
      for (const [index, item] of (value as readonly Bag[]).entries()) group(entry.fields, item, `${pointer}/${index}`)
    }
    if (entry.shape !== 'leaf' || entry.kind !== 'text' || findings.length === findingsMax) return
    const characters = lacking(value as string)
    if (characters.length > 0) findings.push(findingOf(entry, pointer, { characters, language }))
  }
  const group = (fields: Group['fields'], bag: Bag, pointer: string): void => {
    for (const [key, entry] of Object.entries(fields)) {
      const value = bag[key]
      if (value !== undefined) look(value, entry, `${pointer}/${key}`)
    }
  }
  group(invoiceFields, invoice, '')
  return findings
}

function findingOf(
  { term, name }: Entry,
  pointer: string,
  { characters, language }: { readonly characters: readonly string[]; readonly language: FindingLanguage },
): Finding {
  const title = { en: `${name} (${term})`, fr: `${frenchNameOf(term, name) ?? name} (${term})` }
  const shown = characters.slice(0, charactersMax).join(' ')
  const more = characters.length > charactersMax ? ' …' : ''
  const message = filled(text, language, { title, characters: shown + more })
  return { rule: 'pdf.characters', severity: 'warning', pointer, message, term: term === '' ? undefined : term }
}

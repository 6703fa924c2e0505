import { type ParticipantId, parseParticipantId, participantKey, PeppolError } from '../../wire/peppol/index.ts'
import { isColor } from '../../wire/view/index.ts'
import type { TenantRecord } from '../ports.ts'
import type { TenantProblem } from './types.ts'

type Draft = Omit<TenantRecord, 'id' | 'changedAt'>

const nameLengthMax = 200
const footerLengthMax = 500
const participantsMax = 1000

/** What an operator says of a tenant, or everything that is wrong with it. */
export function readTenant(
  value: unknown,
): { readonly draft: Draft } | { readonly problems: readonly TenantProblem[] } {
  const problems: TenantProblem[] = []
  const report: Report = (pointer, message) => void problems.push({ pointer, message })
  const members = readObject({ value, pointer: '' }, ['name', 'participants', 'branding'], report)
  if (members === undefined) return { problems }
  const name = readName(members['name'], report)
  const participants = readParticipants(members['participants'] ?? [], report)
  const look = readLook(members['branding'] ?? {}, report)
  return name === undefined || problems.length > 0 ? { problems } : { draft: { name, participants, look } }
}

type Report = (pointer: string, message: string) => void

interface Placed {
  readonly value: unknown
  readonly pointer: string
}

function readObject(
  { value, pointer }: Placed,
  known: readonly string[],
  report: Report,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(pointer, 'must be an object')
    return undefined
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const place = key.replaceAll('~', '~0').replaceAll('/', '~1')
    report(`${pointer}/${place}`, `is not known here; known are ${known.join(', ')}`)
  }
  return value as Readonly<Record<string, unknown>>
}

function readName(value: unknown, report: Report): string | undefined {
  const name =
    value === undefined ? missing('/name', report) : readLine({ value, pointer: '/name' }, nameLengthMax, report)
  if (name === undefined || name.trim() !== '') return name
  report('/name', 'must not be empty')
  return undefined
}

function missing(pointer: string, report: Report): undefined {
  report(pointer, 'is missing')
}

/** One line of text that PostgreSQL stores and a page shows as it is. */
function readLine({ value, pointer }: Placed, lengthMax: number, report: Report): string | undefined {
  if (typeof value !== 'string' || !value.isWellFormed() || /\p{Cc}/u.test(value)) {
    report(pointer, 'must be a text without line breaks and control characters')
    return undefined
  }
  if (value.length <= lengthMax) return value
  report(pointer, `must have at most ${lengthMax} characters`)
  return undefined
}

function readParticipants(value: unknown, report: Report): readonly ParticipantId[] {
  if (!Array.isArray(value) || value.length > participantsMax) {
    report('/participants', `must be a list of at most ${participantsMax}`)
    return []
  }
  const places = new Map<string, number>()
  return value.flatMap((item: unknown, index) => {
    const pointer = `/participants/${index}`
    const participant = readParticipant({ value: item, pointer }, report)
    if (participant === undefined) return []
    const key = participantKey(participant)
    const first = places.get(key)
    if (first !== undefined) report(pointer, `${participant.value} is there already, at /participants/${first}`)
    places.set(key, first ?? index)
    return [participant]
  })
}

function readParticipant({ value, pointer }: Placed, report: Report): ParticipantId | undefined {
  if (typeof value !== 'string') {
    report(pointer, 'must be a text, scheme:value')
    return undefined
  }
  try {
    return parseParticipantId(value)
  } catch (error) {
    if (!(error instanceof PeppolError)) throw error
    report(pointer, error.message)
    return undefined
  }
}

function readLook(value: unknown, report: Report): Draft['look'] {
  const members = readObject({ value, pointer: '/branding' }, ['color', 'footer'], report) ?? {}
  const { color, footer } = members
  return {
    color: color === undefined ? undefined : readColor(color, report),
    footer:
      footer === undefined
        ? undefined
        : readLine({ value: footer, pointer: '/branding/footer' }, footerLengthMax, report),
  }
}

function readColor(value: unknown, report: Report): string | undefined {
  if (typeof value === 'string' && isColor(value)) return value
  report('/branding/color', 'must be # and six hexadecimal digits')
  return undefined
}

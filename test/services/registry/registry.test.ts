import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/postgres/index.ts'
import type { Registration } from '../../../src/services/domain.ts'
import { type Registry, type RegistryWorld, createRegistry } from '../../../src/services/registry/index.ts'
import {
  type DocumentTypeId,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  readCodeLists,
} from '../../../src/wire/peppol/index.ts'
import { readServiceGroup, readSignedServiceMetadata, selectEndpoint } from '../../../src/wire/smp/index.ts'
import { handClock } from '../../support/clock.ts'
import { makeTestPki } from '../../support/pki.ts'
import { type TestDatabase, testDatabase } from '../../support/postgres.ts'

const pki = makeTestPki()
const accessPoint = pki.issue('access-point')
const smp = pki.issue('smp')
const codeLists = readCodeLists(
  JSON.parse(readFileSync(new URL('../../../config/code-lists/peppol-9.7.json', import.meta.url), 'utf8')),
)

const invoice = parseDocumentTypeId(
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
    '##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
)
const creditNote = parseDocumentTypeId(`busdox-docid-qns::${invoice.value.replaceAll('Invoice', 'CreditNote')}`)
const billing = parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0')
const ordering = parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:poacc:bis:order_only:3')

const removedDocumentType = parseDocumentTypeId(
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice' +
    '##urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_1.1::2.1',
)
const removedProcess = parseProcessId('oioubl-procid-ubl::Reference-Utility-1.0')

function pint(customization: string): DocumentTypeId {
  const syntax = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice'
  return parseDocumentTypeId(`peppol-doctype-wildcard::${syntax}##${customization}::2.1`)
}

let database: TestDatabase
let store: Database
let clock: ReturnType<typeof handClock>
let registry: Registry
let name: string
let count = 0
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database?.[Symbol.asyncDispose]())
beforeEach(() => {
  clock = handClock('2026-11-21T10:00:00Z')
  registry = registryOf()
  name = `0225:registry${++count}`
})

function registryOf(change: Partial<RegistryWorld> = {}): Registry {
  return createRegistry({
    clock,
    codeLists,
    store,
    smpKey: smp.keys,
    smpUrl: 'https://smp.test',
    accessPoint: {
      url: 'https://ap.test/as4',
      certificate: accessPoint.certificate,
      description: 'test',
      technicalContactUrl: 'mailto:test@localhost',
    },
    cacheSeconds: 5,
    ...change,
  })
}

function registration(
  services: Registration['services'] = [{ documentType: invoice, process: billing }],
): Registration {
  return { participant: parseParticipantId(name), name: 'Librairie', services }
}

describe('a registration', () => {
  it('is there at once, under its identifier in any case', async () => {
    await registry.register(registration())
    expect(await registry.find(parseParticipantId(name))).toEqual(registration())
    expect(await registry.find(parseParticipantId(name.toUpperCase()))).toEqual(registration())
  })

  it('replaces the one before', async () => {
    await registry.register(registration())
    await registry.find(parseParticipantId(name))
    const changed = registration([{ documentType: creditNote, process: billing }])
    await registry.register(changed)
    expect(await registry.find(parseParticipantId(name))).toEqual(changed)
  })

  it('that is removed is gone', async () => {
    await registry.register(registration())
    await registry.find(parseParticipantId(name))
    await registry.remove(parseParticipantId(name))
    expect(await registry.find(parseParticipantId(name))).toBeUndefined()
  })

  it('by another node is seen when the cached one has grown old', async () => {
    const other = registryOf()
    expect(await registry.find(parseParticipantId(name))).toBeUndefined()
    await other.register(registration())
    clock.advance(4_000)
    expect(await registry.find(parseParticipantId(name))).toBeUndefined()
    clock.advance(2_000)
    expect(await registry.find(parseParticipantId(name))).toEqual(registration())
  })

  it.each<[string, () => Registration, string]>([
    [
      'of a scheme that is not listed',
      () => ({ ...registration(), participant: parseParticipantId('0000:1') }),
      'scheme',
    ],
    [
      'of a scheme that was removed',
      () => ({ ...registration(), participant: parseParticipantId('0037:1') }),
      'scheme',
    ],
    [
      'for a document type that was removed',
      () => registration([{ documentType: removedDocumentType, process: billing }]),
      'document-type',
    ],
    [
      'for a process that was removed',
      () => registration([{ documentType: invoice, process: removedProcess }]),
      'process',
    ],
  ])('%s is refused, and nothing is stored', async (_, made, code) => {
    await expect(registry.register(made())).rejects.toMatchObject({ code })
    expect(await store.findRegistration(made().participant)).toBeUndefined()
  })
})

describe('the service for a document', () => {
  it('is the one that was registered for it', async () => {
    await registry.register(registration())
    expect(await ask()).toEqual({ documentType: invoice, process: billing })
  })

  it.each<[string, () => ReturnType<typeof ask>]>([
    ['another document type', () => ask(creditNote)],
    ['another process', () => ask(invoice, ordering)],
    ['another participant', () => registry.findService(parseParticipantId('0225:nobody'), invoice, billing)],
    ['a document type with a star', () => ask(pint('urn:peppol:pint:billing-1*'))],
  ])('is missing for %s', async (_, asked) => {
    await registry.register(registration())
    expect(await asked()).toBeUndefined()
  })

  it('is that of its process where a document type has several', async () => {
    const services = [
      { documentType: invoice, process: ordering },
      { documentType: invoice, process: billing },
    ]
    await registry.register(registration(services))
    expect(await ask(invoice, billing)).toEqual(services[1])
    expect(await ask(invoice, ordering)).toEqual(services[0])
  })

  it('may be a wildcard, the most special that covers it', async () => {
    const services = ['urn:peppol:pint:billing-1*', 'urn:peppol:pint:billing-1@jp-1*'].map(customization => ({
      documentType: pint(customization),
      process: billing,
    }))
    await registry.register(registration(services))
    expect(await ask(pint('urn:peppol:pint:billing-1@jp-1@x'))).toEqual(services[1])
    expect(await ask(pint('urn:peppol:pint:billing-1@sg-1'))).toEqual(services[0])
    expect(await ask(pint('urn:peppol:pint:selfbilling-1@jp-1'))).toBeUndefined()
  })

  it('is never a wildcard of another process', async () => {
    await registry.register(registration([{ documentType: pint('urn:peppol:pint:billing-1*'), process: ordering }]))
    expect(await ask(pint('urn:peppol:pint:billing-1@jp-1'))).toBeUndefined()
  })
})

describe('what our SMP publishes', () => {
  it('names each document type once', async () => {
    await registry.register(
      registration([
        { documentType: invoice, process: billing },
        { documentType: invoice, process: ordering },
        { documentType: creditNote, process: billing },
      ]),
    )
    const body = await registry.serviceGroup(participant())
    expect(readServiceGroup(body!, participant()).documentTypes).toEqual([invoice, creditNote])
    expect(body!.toString()).toContain('href="https://smp.test/')
  })

  it('is signed metadata that leads to our access point for every process', async () => {
    await registry.register(
      registration([
        { documentType: invoice, process: billing },
        { documentType: invoice, process: ordering },
        { documentType: creditNote, process: billing },
      ]),
    )
    const body = await registry.serviceMetadata(participant(), invoice)
    const at = clock.now()
    const verified = readSignedServiceMetadata(body!, {
      trust: pki.trust(),
      at,
      participant: participant(),
      documentType: invoice,
    })
    expect(verified.signer.fingerprint).toBe(smp.certificate.fingerprint)
    if (verified.metadata.kind !== 'service') throw new Error('a redirect')
    expect(verified.metadata.processes.map(({ process }) => process)).toEqual([billing, ordering])
    for (const process of [billing, ordering]) {
      expect(selectEndpoint(verified.metadata, { process, at })).toMatchObject({
        address: 'https://ap.test/as4',
        certificate: { fingerprint: accessPoint.certificate.fingerprint },
      })
    }
  })

  it('is signed once and not at every question', async () => {
    await registry.register(registration())
    const [first, second] = [
      await registry.serviceMetadata(participant(), invoice),
      await registry.serviceMetadata(participant(), invoice),
    ]
    expect(second).toBe(first)
  })

  it('follows a changed registration', async () => {
    await registry.register(registration())
    const before = await registry.serviceMetadata(participant(), invoice)
    await registry.register(registration([{ documentType: invoice, process: ordering }]))
    const after = await registry.serviceMetadata(participant(), invoice)
    expect(after!.equals(before!)).toBe(false)
    expect(after!.toString()).toContain(ordering.value)
  })

  it('holds a wildcard as it was registered, and under no other name', async () => {
    const wildcard = pint('urn:peppol:pint:billing-1*')
    await registry.register(registration([{ documentType: wildcard, process: billing }]))
    expect(await registry.serviceMetadata(participant(), wildcard)).toBeDefined()
    expect(await registry.serviceMetadata(participant(), pint('urn:peppol:pint:billing-1@jp-1'))).toBeUndefined()
  })

  it('is nothing for a participant or a document type that is not ours', async () => {
    await registry.register(registration())
    expect(await registry.serviceGroup(parseParticipantId('0225:nobody'))).toBeUndefined()
    expect(await registry.serviceMetadata(parseParticipantId('0225:nobody'), invoice)).toBeUndefined()
    expect(await registry.serviceMetadata(participant(), creditNote)).toBeUndefined()
  })

  it('is nothing where the node has no SMP key, which does not hinder receiving', async () => {
    registry = registryOf({ smpKey: undefined })
    await registry.register(registration())
    expect(await registry.serviceGroup(participant())).toBeUndefined()
    expect(await registry.serviceMetadata(participant(), invoice)).toBeUndefined()
    expect(await registry.findService(participant(), invoice, billing)).toBeDefined()
  })
})

function ask(documentType = invoice, process = billing): ReturnType<Registry['findService']> {
  return registry.findService(participant(), documentType, process)
}

function participant(): Registration['participant'] {
  return parseParticipantId(name)
}

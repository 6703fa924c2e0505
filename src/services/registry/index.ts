import { type Clock, WireError } from '../../kernel/index.ts'
import type { Certificate, SigningKey } from '../../wire/pki/index.ts'
import {
  type CodeLists,
  type DocumentTypeId,
  type ParticipantId,
  type ProcessId,
  formatIdentifier,
  participantKey,
  sameDocumentType,
  sameProcess,
  selectDocumentType,
} from '../../wire/peppol/index.ts'
import { type ServiceInformation, buildServiceGroup, buildSignedServiceMetadata } from '../../wire/smp/index.ts'
import { SingleFlightCache } from '../directory/index.ts'
import type { RegisteredService, Registration } from '../domain.ts'
import type { RegistryStore } from '../ports.ts'

/** Our own participants: what our SMP publishes for them, and whose messages we accept. */
export interface Registry {
  /** Body of GET /{participant}; undefined when the participant is not ours. */
  serviceGroup(participant: ParticipantId): Promise<Buffer | undefined>
  /** Body of GET /{participant}/services/{documentType}, signed; undefined when not published. */
  serviceMetadata(participant: ParticipantId, documentType: DocumentTypeId): Promise<Buffer | undefined>
  /** The registered service that covers a document (wildcards applied); undefined: answer PEPPOL:NOT_SERVICED. */
  findService(
    participant: ParticipantId,
    documentType: DocumentTypeId,
    process: ProcessId,
  ): Promise<RegisteredService | undefined>
  find(participant: ParticipantId): Promise<Registration | undefined>
  /** Creates or replaces; throws RegistrationError for what the code lists have removed or do not know. Other nodes on the same database see it within `cacheSeconds`. */
  register(registration: Registration): Promise<void>
  remove(participant: ParticipantId): Promise<void>
}

/** A registration that the network would not take. */
class RegistrationError extends WireError<'scheme' | 'document-type' | 'process'> {}

export interface RegistryWorld {
  readonly clock: Clock
  readonly codeLists: CodeLists
  readonly store: RegistryStore
  /** Signs metadata; a node without one is no SMP and publishes nothing. */
  readonly smpKey: SigningKey | undefined
  /** Base of the hrefs in service groups: where the world reaches this SMP. */
  readonly smpUrl: string
  /** What our metadata publishes as endpoint. */
  readonly accessPoint: {
    readonly url: string
    readonly certificate: Certificate
    readonly description: string
    readonly technicalContactUrl: string
  }
  readonly cacheSeconds: number
}

const cacheEntriesMax = 20_000

export function createRegistry(world: RegistryWorld): Registry {
  let registrations = new SingleFlightCache<Registration | undefined>(world.clock, cacheEntriesMax)
  // Signed documents hang on the registration they were made from and go with it.
  const signed = new WeakMap<Registration, Map<string, Promise<Buffer>>>()

  async function find(participant: ParticipantId): Promise<Registration | undefined> {
    const key = participantKey(participant)
    const options = { ttlSeconds: () => world.cacheSeconds, fresh: false }
    const cached = await registrations.get(key, () => world.store.findRegistration(participant), options)
    return cached.value
  }

  function forget(): void {
    registrations = new SingleFlightCache(world.clock, cacheEntriesMax)
  }

  function sign(registration: Registration, documentType: DocumentTypeId, smpKey: SigningKey): Promise<Buffer> {
    const bodies = signed.get(registration) ?? new Map<string, Promise<Buffer>>()
    signed.set(registration, bodies)
    const key = formatIdentifier(documentType)
    const body = bodies.get(key) ?? buildSignedServiceMetadata(informationOf(world, registration, documentType), smpKey)
    bodies.set(key, body)
    return body
  }

  return {
    find,
    async serviceGroup(participant) {
      const registration = await find(participant)
      if (registration === undefined || world.smpKey === undefined) return undefined
      return buildServiceGroup(
        { participant: registration.participant, documentTypes: documentTypesOf(registration) },
        world.smpUrl,
      )
    },
    async serviceMetadata(participant, documentType) {
      const registration = await find(participant)
      const published = registration && documentTypesOf(registration).find(type => sameDocumentType(type, documentType))
      if (registration === undefined || published === undefined || world.smpKey === undefined) return undefined
      return await sign(registration, published, world.smpKey)
    },
    async findService(participant, documentType, process) {
      const registration = await find(participant)
      if (registration === undefined) return undefined
      const covering = registration.services.filter(service => sameProcess(service.process, process))
      const types = covering.map(service => service.documentType)
      const selected = selectDocumentType(documentType, types)
      return selected && covering[types.indexOf(selected)]
    },
    async register(registration) {
      checkRegistrable(registration, world.codeLists)
      await world.store.saveRegistration(registration)
      forget()
    },
    async remove(participant) {
      await world.store.removeRegistration(participant)
      forget()
    },
  }
}

/** Deprecated entries may stay for those who have them, removed ones never. [peppol.md §3.1] */
function checkRegistrable({ participant, services }: Registration, codeLists: CodeLists): void {
  if (!codeLists.isKnownScheme(participant)) {
    throw new RegistrationError(
      'scheme',
      `${participant.value}: no such scheme in the Peppol code list ${codeLists.version}`,
    )
  }
  for (const { documentType, process } of services) {
    if (codeLists.stateOf(documentType) === 'removed') {
      throw new RegistrationError('document-type', `${documentType.value} was removed from the Peppol code list`)
    }
    if (codeLists.processState(process) === 'removed') {
      throw new RegistrationError('process', `process ${process.value} was removed from the Peppol code list`)
    }
  }
}

function documentTypesOf(registration: Registration): readonly DocumentTypeId[] {
  const byName = new Map(
    registration.services.map(service => [formatIdentifier(service.documentType), service.documentType]),
  )
  return [...byName.values()]
}

function informationOf(
  world: RegistryWorld,
  registration: Registration,
  documentType: DocumentTypeId,
): ServiceInformation {
  const { url, certificate, description, technicalContactUrl } = world.accessPoint
  const endpoint = {
    transportProfile: 'peppol-transport-as4-v2_0',
    address: url,
    activeFrom: undefined,
    activeTo: undefined,
    certificate: certificate.der.toString('base64'),
    description,
    technicalContactUrl,
    technicalInformationUrl: undefined,
  }
  const processes = registration.services
    .filter(service => sameDocumentType(service.documentType, documentType))
    .map(service => ({ process: service.process, endpoints: [endpoint] }))
  return { kind: 'service', participant: registration.participant, documentType, processes }
}

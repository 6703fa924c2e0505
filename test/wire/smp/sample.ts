import { instantOf } from '../../../src/kernel/index.ts'
import { parseDocumentTypeId, parseParticipantId, parseProcessId } from '../../../src/wire/peppol/index.ts'
import {
  type ServiceInformation,
  type SmpError,
  type VerifiedServiceMetadata,
  readSignedServiceMetadata,
} from '../../../src/wire/smp/index.ts'
import { makeTestPki } from '../../support/pki.ts'

export const pki = makeTestPki()
export const smp = pki.issue('smp', { commonName: 'POP000777' })
export const ap = pki.issue('access-point', { commonName: 'POP000888' })

export const at = instantOf('2026-11-21T10:00:00Z')
export const participant = parseParticipantId('9915:interop-receiver')
export const billing = parseDocumentTypeId(
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
)
export const process = parseProcessId('cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0')

export const document = `<?xml version="1.0" encoding="UTF-8"?>
<smp:SignedServiceMetadata xmlns:ids="http://busdox.org/transport/identifiers/1.0/" xmlns:smp="http://busdox.org/serviceMetadata/publishing/1.0/" xmlns:wsa="http://www.w3.org/2005/08/addressing"><smp:ServiceMetadata><smp:ServiceInformation><ids:ParticipantIdentifier scheme="iso6523-actorid-upis">9915:Interop-Receiver</ids:ParticipantIdentifier><ids:DocumentIdentifier scheme="busdox-docid-qns">
  ${billing.value}
</ids:DocumentIdentifier><smp:ProcessList><smp:Process><ids:ProcessIdentifier scheme="cenbii-procid-ubl">${process.value}</ids:ProcessIdentifier><smp:ServiceEndpointList><smp:Endpoint transportProfile="peppol-transport-as4-v2_0"><wsa:EndpointReference><wsa:Address>https://ap.example/as4</wsa:Address></wsa:EndpointReference><smp:RequireBusinessLevelSignature>false</smp:RequireBusinessLevelSignature><smp:ServiceActivationDate>2026-01-01T00:00:00</smp:ServiceActivationDate><smp:ServiceExpirationDate>2026-12-31T00:00:00+01:00</smp:ServiceExpirationDate><smp:Certificate>${ap.certificatePem}</smp:Certificate><smp:ServiceDescription>Test</smp:ServiceDescription><smp:TechnicalContactUrl>mailto:a@example.org</smp:TechnicalContactUrl><smp:TechnicalInformationUrl>https://example.org</smp:TechnicalInformationUrl></smp:Endpoint></smp:ServiceEndpointList></smp:Process></smp:ProcessList></smp:ServiceInformation></smp:ServiceMetadata></smp:SignedServiceMetadata>`

export function read(octets: Buffer, expected = {}): VerifiedServiceMetadata {
  return readSignedServiceMetadata(octets, { trust: pki.trust(), at, participant, documentType: billing, ...expected })
}

export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as SmpError).code
  }
  return 'nothing was thrown'
}

export function informationIn(verified: VerifiedServiceMetadata): ServiceInformation {
  if (verified.metadata.kind !== 'service') throw new Error('a redirect')
  return verified.metadata
}

import { type SealedMessage, type SignedReference, buildReceipt } from '../../../src/wire/as4/index.ts'
import { type Certificate, readCertificates } from '../../../src/wire/pki/index.ts'
import { type XmlElement, attributeOf, childElements, parseXml } from '../../../src/wire/xml/index.ts'
import { at, open, receiver, seal } from './support.ts'

/** What the NonRepudiationInformation of a receipt lists, read without the code under test. */
export function referencesListedIn(receipt: Buffer): SignedReference[] {
  const parts = descendants(parseXml(receipt).root).filter(({ local }) => local === 'MessagePartNRInformation')
  return parts.map(part => {
    const inside = descendants(part)
    const named = (local: string): XmlElement[] => inside.filter(element => element.local === local)
    const [value] = named('DigestValue')[0]?.children ?? []
    return {
      uri: attributeOf(named('Reference')[0]!, 'URI') ?? '',
      transforms: named('Transform').map(transform => attributeOf(transform, 'Algorithm') ?? ''),
      digestAlgorithm: attributeOf(named('DigestMethod')[0]!, 'Algorithm') ?? '',
      digest: Buffer.from(value?.kind === 'text' ? value.value : '', 'base64'),
    }
  })
}

/** The certificate in the last BinarySecurityToken. */
export function certificateIn(message: Buffer): Certificate {
  const base64 = /<wsse:BinarySecurityToken[^>]*>([^<]*)</.exec(message.toString())?.[1] ?? ''
  return readCertificates(base64)[0]!
}

/** A message of ours and the receipt that its receiver gives. */
export async function sampleReceipt(): Promise<{ readonly body: Buffer; readonly sealed: SealedMessage }> {
  const posted = await seal(Buffer.from('<document/>'))
  const message = await open(posted)
  const body = await buildReceipt(message, receiver.keys, { messageId: 'receipt-1@ap.example', at })
  return { body, sealed: posted.sealed }
}

function descendants(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of childElements(element)) found.push(child, ...descendants(child))
  return found
}

import { createHash } from 'node:crypto'
import type { PayloadContent } from '../../../src/wire/as4/index.ts'
import { WireError } from '../../../src/kernel/index.ts'
import { PeppolError } from '../../../src/wire/peppol/index.ts'

export const invoiceNamespace = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'
export const billing = `${invoiceNamespace}::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1`
export const billingProcess = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
export const instanceId = '0b6c0dd5-3a1e-4f0a-9d2e-6c1f7f0a1b2c'

export const header = `<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion><Sender><Identifier Authority="iso6523-actorid-upis">9915:sender</Identifier></Sender><Receiver><Identifier Authority="iso6523-actorid-upis">9915:Receiver</Identifier></Receiver><DocumentIdentification><Standard>${invoiceNamespace}</Standard><TypeVersion>2.1</TypeVersion><InstanceIdentifier>${instanceId}</InstanceIdentifier><Type>Invoice</Type><CreationDateAndTime>2026-11-01T10:00:00.5+01:00</CreationDateAndTime></DocumentIdentification><BusinessScope><Scope><Type>DOCUMENTID</Type><InstanceIdentifier>${billing}</InstanceIdentifier><Identifier>busdox-docid-qns</Identifier></Scope><Scope><Type>PROCESSID</Type><InstanceIdentifier>${billingProcess}</InstanceIdentifier><Identifier>cenbii-procid-ubl</Identifier></Scope><Scope><Type>COUNTRY_C1</Type><InstanceIdentifier>BE</InstanceIdentifier></Scope></BusinessScope></StandardBusinessDocumentHeader>`
export const invoice = `<Invoice xmlns="${invoiceNamespace}"><ID>1</ID></Invoice>`

export const sbdhNamespace = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'

/** A valid SBD as phase4 writes it. */
export function envelope(inner = header + invoice): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<StandardBusinessDocument xmlns="${sbdhNamespace}">${inner}</StandardBusinessDocument>`
}

/** The content as the receiving side hands it over; with `headOctets` as if it were too large to be kept. */
export function contentOf(source: string | Buffer, headOctets?: number): PayloadContent {
  const octets = Buffer.from(source)
  return {
    size: octets.length,
    sha256: createHash('sha256').update(octets).digest(),
    head: octets.subarray(0, headOctets ?? octets.length),
    tail: octets.subarray(-256),
    complete: headOctets === undefined,
  }
}

/** `code` of the error, and of its cause behind a slash where it is a fault. */
export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return codesOf(error)
  }
  return 'nothing was thrown'
}

export async function codeOfAsync(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    return codesOf(error)
  }
  return 'nothing was thrown'
}

function codesOf(error: unknown): string {
  if (!(error instanceof WireError)) return String(error)
  return error.cause instanceof PeppolError && error.code.startsWith('EBMS:')
    ? `${error.code}/${error.cause.code}`
    : error.code
}

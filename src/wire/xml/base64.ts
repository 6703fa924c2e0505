import { XmlError } from './error.ts'

/**
 * xsd:base64Binary as found in signatures and tokens: white space anywhere, also the carriage returns that Java writers leave as
 * `&#13;`; otherwise the one spelling that encoding the octets again gives. Throws `unexpected`, naming `what`.
 */
export function decodeBase64(value: string, what: string): Buffer {
  const digits = /[\t\n\r ]/.test(value) ? value.replace(/[\t\n\r ]+/g, '') : value
  const octets = Buffer.from(digits, 'base64')
  if (octets.toString('base64') !== digits) throw new XmlError('unexpected', `${what} is not base64`)
  return octets
}

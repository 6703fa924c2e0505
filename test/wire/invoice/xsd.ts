import { officialData } from '../../../conformance/official/data.ts'
import { xsdErrorsOf as errorsOf } from '../../../conformance/official/xsd.ts'
import { sharedPath } from '../../support/shared.ts'

const data = officialData(sharedPath(''))

/** What the official schema says against a document we have written; CII is held against the schema that is named. */
export function xsdErrorsOf(document: Buffer, cii?: 'D16B' | 'D22B' | 'Factur-X EXTENDED'): readonly string[] {
  return errorsOf(data, document, cii)
}

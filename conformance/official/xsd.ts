import { readFileSync } from 'node:fs'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import type { OfficialData } from './data.ts'

const schemas = {
  Invoice: 'en16931/xsd/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd',
  CreditNote: 'en16931/xsd/ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd',
  D16B: 'en16931/xsd/cii-d16b/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd',
  D22B: 'france/xsd/cii-d22b/CrossIndustryInvoice_100pD22B.xsd',
  'Factur-X EXTENDED': 'france/facturx/xsd-1.09/EXTENDED/Factur-X_EXTENDED.xsd',
}

const validators = new Map<string, XsdValidator>()

/** What the official schema says against a document that we have written; CII is held against the schema that is named. */
export function xsdErrorsOf(
  data: OfficialData,
  document: Buffer,
  cii: 'D16B' | 'D22B' | 'Factur-X EXTENDED' = 'D16B',
): readonly string[] {
  const ubl = document.includes('<CreditNote ') ? 'CreditNote' : 'Invoice'
  const path = data.path(schemas[document.includes('<rsm:CrossIndustryInvoice') ? cii : ubl])
  const validator = validators.get(path) ?? load(path)
  validators.set(path, validator)
  using parsed = XmlDocument.fromBuffer(document)
  try {
    validator.validate(parsed)
    return []
  } catch (error) {
    return [String(error)]
  }
}

function load(path: string): XsdValidator {
  xmlRegisterFsInputProviders()
  using schema = XmlDocument.fromBuffer(readFileSync(path), { url: path })
  return XsdValidator.fromDoc(schema)
}

export type * from './types.ts'
export {
  type FacturxCountry,
  type Relationship,
  customizationOf,
  facturxProfileOf,
  facturxProfiles,
  relationshipsOf,
} from './profiles.ts'
export { lostIn, writeFacturxXml } from './write.ts'
export { facturxFileName, facturxNamespace, facturxProperties, facturxSchemaItem, facturxXmp } from './xmp.ts'

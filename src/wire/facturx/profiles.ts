import type { FacturxProfile } from './types.ts'

/*
 * What makes a profile: the value of BT-24, the word in the XMP packet, what the embedded file may be to the page, and which terms the
 * document can say. [Factur-X 1.08 §3, §5.3, §6; schemas and rules of 1.09; france.md §8]
 */

/** What an embedded file is to the page it is embedded in. [ISO 32000-2 §7.11.3] */
export type Relationship = 'Data' | 'Source' | 'Alternative' | 'Supplement' | 'Unspecified'

/** The countries whose communities publish Factur-X (in Germany as ZUGFeRD) and differ in what they allow. */
export type FacturxCountry = 'FR' | 'DE'

interface ProfileRow {
  /** BT-24 of what we write. */
  readonly customization: string
  /** BT-24 of what others write and means the same: ZUGFeRD 2.0. */
  readonly otherCustomizations: readonly string[]
  /** What the XML may be to the page, by the country of the parties. */
  readonly relationships: Readonly<Record<FacturxCountry, readonly Relationship[]>>
  /** What the profile says and the one before it does not; undefined for everything that the model says. */
  readonly terms: string | undefined
}

// The page says more than the XML of a profile that is no invoice yet: the XML cannot stand for the page.
const poor = { FR: ['Data'], DE: ['Data'] } as const
const full = { FR: ['Alternative', 'Source', 'Data'], DE: ['Alternative'] } as const

/** From the poorest to the richest. */
const rows: Readonly<Record<FacturxProfile, ProfileRow>> = {
  MINIMUM: {
    customization: 'urn:factur-x.eu:1p0:minimum',
    otherCustomizations: ['urn:zugferd.de:2p0:minimum'],
    relationships: poor,
    terms: `BT-1 BT-2 BT-3 BT-5 BT-10 BT-13 BT-23 BT-24 BT-27 BT-30 BT-31 BT-32 BT-40 BT-44 BT-47
      BT-109 BT-110 BT-112 BT-115`,
  },
  'BASIC WL': {
    customization: 'urn:factur-x.eu:1p0:basicwl',
    otherCustomizations: ['urn:zugferd.de:2p0:basicwl'],
    relationships: poor,
    terms: `BT-6 BT-8 BT-9 BT-12 BT-16 BT-19 BT-20 BT-21 BT-22 BT-25 BT-26 BT-28 BT-29 BT-34 BT-35 BT-36 BT-37 BT-38 BT-39 BT-162
      BT-46 BT-48 BT-49 BT-50 BT-51 BT-52 BT-53 BT-54 BT-55 BT-163 BT-59 BT-60 BT-61 BT-62 BT-63 BT-64 BT-65 BT-66 BT-67 BT-68 BT-69
      BT-164 BT-70 BT-71 BT-72 BT-73 BT-74 BT-75 BT-76 BT-77 BT-78 BT-79 BT-80 BT-165 BT-81 BT-83 BT-84 BT-89 BT-90 BT-91
      BT-92 BT-93 BT-94 BT-95 BT-96 BT-97 BT-98 BT-99 BT-100 BT-101 BT-102 BT-103 BT-104 BT-105
      BT-106 BT-107 BT-108 BT-111 BT-113 BT-116 BT-117 BT-118 BT-119 BT-120 BT-121`,
  },
  BASIC: {
    customization: 'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
    otherCustomizations: ['urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic'],
    relationships: full,
    terms: `BT-126 BT-127 BT-129 BT-130 BT-131 BT-134 BT-135 BT-136 BT-139 BT-140 BT-141 BT-144 BT-145
      BT-146 BT-147 BT-148 BT-149 BT-150 BT-151 BT-152 BT-153 BT-157`,
  },
  'EN 16931': {
    customization: 'urn:cen.eu:en16931:2017',
    otherCustomizations: [],
    relationships: full,
    terms: `BT-7 BT-11 BT-14 BT-15 BT-17 BT-18 BT-33 BT-41 BT-42 BT-43 BT-45 BT-56 BT-57 BT-58 BT-82 BT-85 BT-86 BT-87 BT-88 BT-114
      BT-122 BT-123 BT-124 BT-125 BT-128 BT-132 BT-133 BT-137 BT-138 BT-142 BT-143 BT-154 BT-155 BT-156 BT-158 BT-159 BT-160 BT-161`,
  },
  EXTENDED: {
    customization: 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
    otherCustomizations: ['urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended'],
    relationships: full,
    terms: undefined,
  },
}

/** From the poorest to the richest; each name is also the fx:ConformanceLevel. */
export const facturxProfiles = Object.keys(rows) as readonly FacturxProfile[]

const termsByProfile = new Map<FacturxProfile, ReadonlySet<string>>()
const profilesByCustomization = new Map<string, FacturxProfile>()
const said: string[] = []
for (const profile of facturxProfiles) {
  const { customization, otherCustomizations, terms } = rows[profile]
  for (const value of [customization, ...otherCustomizations]) profilesByCustomization.set(value, profile)
  if (terms === undefined) continue
  said.push(...terms.split(/\s+/v))
  termsByProfile.set(profile, new Set(said))
}

/** BT-24 of a document of the profile. */
export function customizationOf(profile: FacturxProfile): string {
  return rows[profile].customization
}

/** The profile that a document says it follows (BT-24); undefined for one that is none of Factur-X, e.g. Peppol BIS or XRechnung. */
export function facturxProfileOf(customization: string): FacturxProfile | undefined {
  return profilesByCustomization.get(customization)
}

/** The business terms that a document of the profile can say (`BT-1`, …); undefined: all that the model has. */
export function termsOf(profile: FacturxProfile): ReadonlySet<string> | undefined {
  return termsByProfile.get(profile)
}

/** What the XML may be to the page in this profile, the usual one first. [france.md §8] */
export function relationshipsOf(profile: FacturxProfile, country: FacturxCountry = 'FR'): readonly Relationship[] {
  return rows[profile].relationships[country]
}

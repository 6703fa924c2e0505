import type { Condition } from './pack.ts'

/*
 * The official rules and schemas that are recognised by what their files say, so that importing the official archive is enough.
 * Sources: EN 16931 (CEN/TC 434), Peppol BIS Billing (OpenPEPPOL; first days of the releases from their announcements), FNFE-MPE
 * package 1.4.0 and Factur-X 1.09, PPF packages of AIFE, KoSIT XRechnung.
 */

interface Known {
  readonly name: string
  /** What the file says of its version: the first group. */
  readonly version?: RegExp
  readonly order: number
  readonly roots?: readonly string[]
  readonly applies: readonly Condition[]
  readonly except?: readonly string[]
  readonly instead?: readonly string[]
  /** The first day of each release. */
  readonly firstDays?: Readonly<Record<string, string>>
}

export interface KnownRules extends Known {
  /** All must be in the file. */
  readonly marks: readonly RegExp[]
  /** The `configuration` of the unit tests that are about these rules. */
  readonly tests?: RegExp
}

const ubl = 'urn:oasis:names:specification:ubl:schema:xsd:'
const extendedOfFrance = ['*#urn.cpro.gouv.fr:1p0:extended-ctc-fr*', '*#urn:peppol:france:billing:extended:*']
const facturxExtended = ['*#urn:factur-x.eu:1p0:extended', '*#urn:zugferd.de:2p0:extended']
const facturxWithoutLines = ['urn:factur-x.eu:1p0:basicwl', 'urn:factur-x.eu:1p0:minimum']
const facturxBasic = '*#urn:factur-x.eu:1p0:basic'

/** BT-23 of France: the kind of invoice. [france.md §2.2] */
const cadres = ['B?', 'S?', 'M?']

/** Invoices under the French rules: by their profile, by their BT-23, or of the norm itself between two parties in France. */
const french: readonly Condition[] = [
  { profiles: [...extendedOfFrance, '*#urn:peppol:france:billing:*'] },
  { processes: [...cadres, 'urn:peppol:france:billing:*'] },
  { countries: ['FR'], profiles: ['urn:cen.eu:en16931:2017', '*urn:factur-x.eu:1p0:*'] },
]

/** Orders: the norm 100, what brings its own form of it 110, networks 200, countries 300. */
export const knownRules: readonly KnownRules[] = [
  {
    name: 'extended-ctc-fr-ubl',
    marks: [/EXTENDED-CTC-FR/, /<title>\s*EN16931\s+model bound to UBL/],
    version: /EXTENDED-CTC-FR\S*?-V(\d+(?:\.\d+)+)/,
    order: 110,
    applies: [{ profiles: extendedOfFrance }],
    instead: ['en16931-ubl'],
  },
  {
    name: 'extended-ctc-fr-cii',
    marks: [/EXTENDED-CTC-FR/, /<title>\s*EN16931\s+model bound to CII/],
    version: /EXTENDED-CTC-FR\S*?-V(\d+(?:\.\d+)+)/,
    order: 110,
    applies: [{ profiles: extendedOfFrance }],
    instead: ['en16931-cii'],
  },
  {
    name: 'en16931-ubl',
    marks: [/<(?:\w+:)?title>\s*EN16931\s+model bound to UBL/],
    version: /Schematron version (\d+(?:\.\d+)+)/,
    order: 100,
    applies: [{}],
    except: extendedOfFrance,
    tests: /^tc434-ubl$/,
  },
  {
    name: 'en16931-cii',
    marks: [/<(?:\w+:)?title>\s*EN16931\s+model bound to CII/],
    version: /Schematron version (\d+(?:\.\d+)+)/,
    order: 100,
    applies: [{}],
    except: [...extendedOfFrance, ...facturxExtended, ...facturxWithoutLines],
    tests: /^tc434-cii$/,
  },
  {
    name: 'peppol-en16931-ubl-sb',
    marks: [/Rules for Peppol BIS 3\.0 Billing/i, /poacc:selfbilling:3\.0/, /xsd:Invoice-2/],
    version: /release (\d+(?:\.\d+)+)/,
    order: 200,
    applies: [{ profiles: ['*#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0*'] }],
    firstDays: { '3.0.2': '2026-08-17' },
  },
  {
    name: 'peppol-en16931-ubl',
    marks: [/Rules for Peppol BIS 3\.0 Billing/i, /poacc:billing:3\.0/, /xsd:Invoice-2/],
    version: /release (\d+(?:\.\d+)+)/,
    order: 200,
    applies: [{ profiles: ['*#urn:fdc:peppol.eu:2017:poacc:billing:3.0*'] }],
    firstDays: { '3.0.19': '2025-08-25', '3.0.20': '2026-02-23', '3.0.21': '2026-08-17' },
    tests: /^peppolbis-en16931-.*-ubl/,
  },
  {
    name: 'peppol-en16931-cii',
    marks: [/Rules for Peppol BIS 3\.0 Billing/i, /poacc:billing:3\.0/, /CrossIndustryInvoice:100/],
    version: /release (\d+(?:\.\d+)+)/,
    order: 200,
    applies: [{ profiles: ['*#urn:fdc:peppol.eu:2017:poacc:billing:3.0*'] }],
    firstDays: { '3.0.19': '2025-08-25' },
    tests: /^peppolbis-en16931-.*-cii/,
  },
  {
    name: 'br-fr-flux2-ubl',
    marks: [/BR-FR-Flux2-Schematron-UBL/],
    version: /BR-FR-Flux2-Schematron-UBL_V(\d+(?:\.\d+)+)/,
    order: 300,
    applies: french,
  },
  {
    name: 'br-fr-flux2-cii',
    marks: [/BR-FR-Flux2-Schematron-CII/],
    version: /BR-FR-Flux2-Schematron-CII_V(\d+(?:\.\d+)+)/,
    order: 300,
    applies: french,
  },
  {
    name: 'br-fr-cdv',
    marks: [/BR-FR-CDV-Schematron-CDAR/],
    version: /BR-FR-CDV-Schematron-CDAR_V(\d+(?:\.\d+)+)/,
    order: 300,
    applies: [{}],
  },
  ...facturx(),
  ...ppf(),
  {
    name: 'peppol-mls',
    marks: [/<title>OpenPeppol eDEC MLS/],
    version: /\bv(\d+(?:\.\d+)+) - /,
    order: 200,
    roots: [`{${ubl}ApplicationResponse-2}ApplicationResponse`],
    applies: [{ profiles: ['urn:peppol:edec:mls:*'] }, { processes: ['urn:peppol:edec:mls*'] }],
  },
  {
    name: 'peppol-tsr',
    marks: [/<title>OpenPeppol Transaction Statistics Reporting/],
    version: /\bv(\d+(?:\.\d+)+)\b/,
    order: 200,
    roots: ['{urn:fdc:peppol:transaction-statistics-report:1.0}TransactionStatisticsReport'],
    applies: [{}],
  },
  {
    name: 'peppol-eusr',
    marks: [/<title>OpenPeppol End User Statistics Report/],
    version: /\bEUSR (\d+(?:\.\d+)+)\b/,
    order: 200,
    roots: ['{urn:fdc:peppol:end-user-statistics-report:1.1}EndUserStatisticsReport'],
    applies: [{}],
  },
  {
    name: 'xrechnung-ubl',
    marks: [/<(?:\w+:)?title>[^<]*XRechnung[^<]*UBL/],
    version: /<(?:\w+:)?title>\D*(\d+(?:\.\d+)+)/,
    order: 300,
    applies: [{ profiles: ['*#urn:xeinkauf.de:kosit:xrechnung_*', '*#urn:xoev-de:kosit:standard:xrechnung_*'] }],
  },
  {
    name: 'xrechnung-cii',
    marks: [/<(?:\w+:)?title>[^<]*XRechnung[^<]*CII/],
    version: /<(?:\w+:)?title>\D*(\d+(?:\.\d+)+)/,
    order: 300,
    applies: [{ profiles: ['*#urn:xeinkauf.de:kosit:xrechnung_*', '*#urn:xoev-de:kosit:standard:xrechnung_*'] }],
  },
]

/** Each profile brings its own form of the norm's rules. BASIC and EN 16931 are within the norm, whose rules judge them where these are not imported. */
function facturx(): readonly KnownRules[] {
  const rows: readonly (readonly [string, RegExp, Condition])[] = [
    ['minimum', /Accounting, MINIMUM/, { profiles: ['urn:factur-x.eu:1p0:minimum'] }],
    ['basicwl', /Accounting, BASIC without Lines/, { profiles: ['urn:factur-x.eu:1p0:basicwl'] }],
    ['basic', /EN16931-COMPLIANT-BASIC/, { profiles: [facturxBasic] }],
    ['en16931', /EN16931-COMPLIANT \(FULLY\)/, { syntax: 'facturx', profiles: ['urn:cen.eu:en16931:2017'] }],
    ['extended', /EN16931-CONFORMANT-EXTENDED/, { profiles: facturxExtended }],
  ]
  return rows.map(([profile, mark, condition]) => ({
    name: `facturx-${profile}`,
    marks: [/<title>Schema for Factur-X;/, mark],
    version: /<title>Schema for Factur-X; (\d+(?:\.\d+)+);/,
    order: 110,
    applies: [condition],
    instead: ['en16931-cii'],
  }))
}

/** What the portal checks of the data sent to it (F1, F10). An F1 file looks like the invoice it was made of: its rules are only run by name. */
function ppf(): readonly KnownRules[] {
  const f1 = (['UBL', 'CII'] as const).flatMap(syntax =>
    (['full', 'base'] as const).map(stage => ({
      name: `ppf-f1-${stage}-${syntax.toLowerCase()}`,
      marks: [stage === 'full' ? new RegExp(`PPF — Flux 1 ${syntax}.*CIBLE`) : new RegExp(`PPF — Flux 1 ${syntax}`)],
      order: 400,
      applies: [],
    })),
  )
  const f10 = { name: 'ppf-f10', marks: [/PPF — Flux 10/], order: 400, roots: ['{}Report'], applies: [{}] }
  return [...f1, f10]
}

/** Recognised by the name of the file that defines the root, or of the folder it lies in. */
export interface KnownSchemas extends Known {
  readonly path: RegExp
}

export const knownSchemas: readonly KnownSchemas[] = [
  ...(['base', 'full'] as const).flatMap(stage => [
    { name: `ppf-f1-${stage}-ubl-xsd`, path: new RegExp(`F1${stage}_UBL`, 'i'), order: 400, applies: [] },
    {
      name: `ppf-f1-${stage}-cii-xsd`,
      path: new RegExp(`F1${stage}_CrossIndustryInvoice`, 'i'),
      order: 400,
      applies: [],
    },
  ]),
  ...facturx().map(({ name, applies }) => ({
    name: `${name}-xsd`,
    path: new RegExp(`Factur-X_${name.slice('facturx-'.length)}\\.xsd$`, 'i'),
    version: /Factur-X_(\d+(?:\.\d+)+)_/,
    order: 90,
    applies,
  })),
  { name: 'ubl-xsd', path: /(?:^maindoc\/|\/maindoc\/|^)UBL-\w+-2\.\d\.xsd$/, order: 100, applies: [{}] },
  { name: 'cii-d16b-xsd', path: /CrossIndustryInvoice_100pD16B\.xsd$/, order: 100, applies: [{}] },
  { name: 'cii-d22b-xsd', path: /CrossIndustryInvoice_100pD22B\.xsd$/, order: 105, applies: [...french, {}] },
  { name: 'cdar-xsd', path: /CrossDomainAcknowledgementAndResponse_100p\w+\.xsd$/, order: 100, applies: [{}] },
  { name: 'ppf-f10-xsd', path: /(?:^|\/)ereporting\.xsd$/, order: 400, applies: [{}] },
  { name: 'ppf-annuaire-f13-xsd', path: /Annuaire_Actualisation/, order: 400, applies: [{}] },
  { name: 'ppf-annuaire-f14-xsd', path: /Annuaire_Consultation/, order: 400, applies: [{}] },
  { name: 'peppol-tsr-xsd', path: /peppol-transaction-statistics-reporting/, order: 200, applies: [{}] },
  { name: 'peppol-eusr-xsd', path: /peppol-end-user-statistics-reporting/, order: 200, applies: [{}] },
]

import { checkAmounts } from './check-amounts.ts'
import { checkConditions } from './check-conditions.ts'
import { checkFrance } from './check-france.ts'
import { checkFrenchPublicSector } from './check-france-public.ts'
import { checkExtension } from './check-extension.ts'
import { checkAddressing, checkPeppol } from './check-peppol.ts'
import { checkValues } from './check-terms.ts'
import { checkVat } from './check-vat.ts'
import type { Report } from './finding.ts'
import type { InvoiceDraft } from './model.ts'
import { followsFrenchRules, isExtended, profileOf } from './profiles.ts'

/**
 * Rules that are added to those of EN 16931.
 * peppol: PEPPOL-EN16931-* and PEPPOL-COMMON-* of BIS Billing 3. france: BR-FR-* of flow 2. france-b2g: BR-FR-CPRO-* of Chorus Pro,
 * for invoices to French public bodies.
 */
export type RuleSet = 'peppol' | 'france' | 'france-b2g'

/**
 * Which are added. auto: peppol and france as the invoice itself says (see followsFrenchRules for the latter), and never france-b2g,
 * because no invoice tells that its buyer is a public body: `['auto', 'france-b2g']` adds it. None: EN 16931 alone.
 */
export type RuleChoice = readonly (RuleSet | 'auto')[]

/** Checks what was read against EN 16931 and the chosen rules; `syntax` is what the invoice is sent as. */
export function checkRules(
  draft: InvoiceDraft,
  report: Report,
  {
    syntax,
    rules = ['auto'],
    toBeSent = true,
  }: {
    readonly syntax: 'ubl' | 'cii'
    readonly rules?: RuleChoice | undefined
    readonly toBeSent?: boolean | undefined
  },
): void {
  const applies = (set: RuleSet) => rules.includes(set) || (rules.includes('auto') && followed[set](draft))
  const peppolRules = applies('peppol')
  checkValues(draft, report)
  checkAmounts(draft, report, { peppolRules, vatUnsaidWhenNone: syntax === 'cii' })
  checkVat(draft, report, syntax)
  checkConditions(draft, report, syntax)
  // France demands the addresses and the process by rules of its own.
  const frenchRules = applies('france')
  if (!frenchRules && (toBeSent || peppolRules)) checkAddressing(draft, report)
  if (peppolRules) {
    checkPeppol(draft, report)
    report.escalate('PEPPOL-EN16931-R008')
  }
  if (isExtended(draft)) checkExtension(draft, report, syntax)
  if (frenchRules) checkFrance(draft, report, syntax)
  if (applies('france-b2g')) checkFrenchPublicSector(draft, report)
}

const followed: Readonly<Record<RuleSet, (draft: InvoiceDraft) => boolean>> = {
  peppol: draft => profileOf(draft)?.peppolRules ?? false,
  france: followsFrenchRules,
  'france-b2g': () => false,
}

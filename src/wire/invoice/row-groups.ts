import { countries, vatCategories } from './code-lists.ts'
import type { Address, Contact, Identifier, LineAllowance, Period } from './model.ts'
import { type Fields, type GroupOptions, amount, code, date, one, percentage, text } from './table.ts'

/* Groups of rows that occur several times in the table with other terms: the same elements in the same places. */

interface Codes {
  readonly rule: string
  readonly list: ReadonlySet<string>
}

/** An identifier and its scheme. */
export function identifier(
  term: string,
  name: string,
  ubl: string,
  options: { scheme?: { codes?: Codes; missing?: string }; once?: string } = {},
) {
  return one(`${term} ${name}`, ubl, identifierFields(term, name, '.', options.scheme), once(options.once))
}

/** The rows of an identifier whose value is in the element `ubl` of the group. */
export function identifierFields(
  term: string,
  name: string,
  ubl: string,
  scheme: { codes?: Codes; missing?: string } = {},
): Fields<Identifier> {
  return {
    value: text(term, name, ubl, { missing: 'value.missing' }),
    scheme: code(`${term}-1`, `${name} scheme`, ubl === '.' ? '@schemeID' : `${ubl}/@schemeID`, scheme),
  }
}

function once(rule: string | undefined): GroupOptions {
  return rule === undefined ? {} : { once: rule }
}

/** Terms in the order line 1, line 2, line 3, city, post code, subdivision, country. */
export function address(whose: string, terms: readonly string[], missing: string): Fields<Address> {
  const [line1 = '', line2 = '', line3 = '', city = '', postCode = '', subdivision = '', country = ''] = terms
  return {
    line1: text(line1, `${whose} address line 1`, 'cbc:StreetName'),
    line2: text(line2, `${whose} address line 2`, 'cbc:AdditionalStreetName'),
    line3: text(line3, `${whose} address line 3`, 'cac:AddressLine/cbc:Line', { once: 'UBL-SR-51' }),
    city: text(city, `${whose} city`, 'cbc:CityName'),
    postCode: text(postCode, `${whose} post code`, 'cbc:PostalZone'),
    subdivision: text(subdivision, `${whose} country subdivision`, 'cbc:CountrySubentity'),
    country: code(country, `${whose} country code`, 'cac:Country/cbc:IdentificationCode', {
      codes: { rule: 'BR-CL-14', list: countries },
      missing,
    }),
  }
}

/** Terms in the order name, telephone, email. */
export function contact(whose: string, terms: readonly string[]): Fields<Contact> {
  const [name = '', phone = '', email = ''] = terms
  return {
    name: text(name, `${whose} contact point`, 'cbc:Name'),
    phone: text(phone, `${whose} contact telephone number`, 'cbc:Telephone'),
    email: text(email, `${whose} contact email address`, 'cbc:ElectronicMail'),
  }
}

/** `start` and `end` are the terms. */
export function period(what: string, start: string, end: string): Fields<Period> {
  return {
    start: date(start, `${what} start date`, 'cbc:StartDate'),
    end: date(end, `${what} end date`, 'cbc:EndDate'),
  }
}

/** Terms in the order amount, base, percentage, reason, reason code; `rules` for missing amount and for decimals of amount and base. */
export function allowance(
  what: string,
  terms: readonly string[],
  rules: readonly string[],
  codes: Codes,
): Fields<LineAllowance> {
  const [amountTerm = '', baseTerm = '', percentageTerm = '', reason = '', reasonCode = ''] = terms
  const [missing = '', decimals = '', baseDecimals = ''] = rules
  return {
    amount: amount(amountTerm, `${what} amount`, 'cbc:Amount', { missing, decimals, derived: 'group' }),
    base: amount(baseTerm, `${what} base amount`, 'cbc:BaseAmount', { decimals: baseDecimals }),
    percentage: percentage(percentageTerm, `${what} percentage`, 'cbc:MultiplierFactorNumeric'),
    reason: text(reason, `${what} reason`, 'cbc:AllowanceChargeReason'),
    reasonCode: code(reasonCode, `${what} reason code`, 'cbc:AllowanceChargeReasonCode', { codes }),
  }
}

/** Terms in the order category, rate. */
export function vat(what: string, terms: readonly string[], options: { missing: string; rule: string }) {
  const [category = '', rate = ''] = terms
  return {
    category: code(category, `${what} VAT category code`, 'cbc:ID', {
      missing: options.missing,
      codes: { rule: options.rule, list: vatCategories },
    }),
    rate: percentage(rate, `${what} VAT rate`, 'cbc:Percent', { derived: 'group' }),
  }
}

/** Where a document level group keeps its VAT category. */
export const vatCategory = 'cac:TaxCategory[cac:TaxScheme/cbc:ID=VAT]'

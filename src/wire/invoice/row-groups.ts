import * as lists from './code-lists.ts'
import type { Address, Contact, Identifier, LineAllowance, OptionalIdentifier, Period, VatCategory } from './model.ts'
import {
  type Fields,
  type GroupOptions,
  type LeafOptions,
  type Places,
  amount,
  code,
  date,
  one,
  percentage,
  text,
} from './table.ts'

/* Groups of rows that occur several times in the table with other terms: the same elements in the same places. */

interface Codes {
  readonly rule: string
  readonly list: ReadonlySet<string>
}

export const allowanceReasons = { rule: 'BR-CL-19', list: lists.allowanceReasons }
export const chargeReasons = { rule: 'BR-CL-20', list: lists.chargeReasons }

/** An identifier and its scheme. */
export function identifier(
  term: string,
  name: string,
  places: Places,
  options: { scheme?: { codes?: Codes; missing?: string }; once?: string; inside?: IdentifierPlaces } = {},
) {
  return one(`${term} ${name}`, places, identifierFields(term, name, options), once(options.once))
}

/** Where value and scheme stand in the group's element. */
interface IdentifierPlaces {
  readonly value: Places
  readonly scheme: Places
}

const inElement: IdentifierPlaces = { value: ['.', '.'], scheme: ['@schemeID', '@schemeID'] }
export const inPartyIdentification: IdentifierPlaces = {
  value: ['cbc:ID', '.'],
  scheme: ['cbc:ID/@schemeID', '@schemeID'],
}
export const inReferencedDocument: IdentifierPlaces = {
  value: ['cbc:ID', 'ram:IssuerAssignedID'],
  scheme: ['cbc:ID/@schemeID', 'ram:ReferenceTypeCode'],
}

/** The rows of an identifier, for a group that repeats. */
export function identifierFields(
  term: string,
  name: string,
  { scheme = {}, inside = inElement }: { scheme?: { codes?: Codes; missing?: string }; inside?: IdentifierPlaces },
): Fields<Identifier> {
  return {
    value: text(term, name, inside.value, { missing: 'value.missing' }),
    scheme: code(schemeOf(term), `${name} scheme`, inside.scheme, scheme),
  }
}

/** `BT-29-1`; a term without a number has no parts with one. */
function schemeOf(term: string): string {
  return /\d$/.test(term) ? `${term}-1` : term
}

/** An identifier of EXTENDED-CTC-FR: nothing is demanded. */
export function optionalIdentifier(term: string, name: string, places: Places, scheme: LeafOptions = {}) {
  const fields: Fields<OptionalIdentifier> = {
    value: text(term, name, inElement.value),
    scheme: code(schemeOf(term), `${name} scheme`, inElement.scheme, scheme),
  }
  return one(`${term} ${name}`, places, fields)
}

function once(rule: string | undefined): GroupOptions {
  return rule === undefined ? {} : { once: rule }
}

/** Terms in the order line 1, line 2, line 3, city, post code, subdivision, country. */
export function address(whose: string, terms: readonly string[], missing: string | undefined): Fields<Address> {
  const [line1 = '', line2 = '', line3 = '', city = '', postCode = '', subdivision = '', country = ''] = terms
  return {
    line1: text(line1, `${whose} address line 1`, ['cbc:StreetName', 'ram:LineOne']),
    line2: text(line2, `${whose} address line 2`, ['cbc:AdditionalStreetName', 'ram:LineTwo']),
    line3: text(line3, `${whose} address line 3`, ['cac:AddressLine/cbc:Line', 'ram:LineThree'], { once: 'UBL-SR-51' }),
    city: text(city, `${whose} city`, ['cbc:CityName', 'ram:CityName']),
    postCode: text(postCode, `${whose} post code`, ['cbc:PostalZone', 'ram:PostcodeCode']),
    subdivision: text(subdivision, `${whose} country subdivision`, [
      'cbc:CountrySubentity',
      'ram:CountrySubDivisionName',
    ]),
    country: code(country, `${whose} country code`, ['cac:Country/cbc:IdentificationCode', 'ram:CountryID'], {
      codes: { rule: 'BR-CL-14', list: lists.countries },
      ...(missing === undefined ? {} : { missing }),
    }),
  }
}

/** Terms in the order name, telephone, email. */
export function contact(whose: string, terms: readonly string[]): Fields<Contact> {
  const [name = '', phone = '', email = ''] = terms
  return {
    name: text(name, `${whose} contact point`, ['cbc:Name', 'ram:PersonName | ram:DepartmentName'], {
      ciiOverflow: 'department',
    }),
    department: text('EXT-FR-FE', `${whose} contact department`, ['', '']),
    phone: text(phone, `${whose} contact telephone number`, [
      'cbc:Telephone',
      'ram:TelephoneUniversalCommunication/ram:CompleteNumber',
    ]),
    email: text(email, `${whose} contact email address`, [
      'cbc:ElectronicMail',
      'ram:EmailURIUniversalCommunication/ram:URIID',
    ]),
  }
}

/** `start` and `end` are the terms. */
export function period(what: string, start: string, end: string): Fields<Period> {
  return {
    start: date(start, `${what} start date`, ['cbc:StartDate', 'ram:StartDateTime/udt:DateTimeString']),
    end: date(end, `${what} end date`, ['cbc:EndDate', 'ram:EndDateTime/udt:DateTimeString']),
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
    amount: amount(amountTerm, `${what} amount`, ['cbc:Amount', 'ram:ActualAmount'], {
      missing,
      decimals,
      derived: 'group',
    }),
    base: amount(baseTerm, `${what} base amount`, ['cbc:BaseAmount', 'ram:BasisAmount'], { decimals: baseDecimals }),
    percentage: percentage(percentageTerm, `${what} percentage`, [
      'cbc:MultiplierFactorNumeric',
      'ram:CalculationPercent',
    ]),
    reason: text(reason, `${what} reason`, ['cbc:AllowanceChargeReason', 'ram:Reason']),
    reasonCode: code(reasonCode, `${what} reason code`, ['cbc:AllowanceChargeReasonCode', 'ram:ReasonCode'], { codes }),
  }
}

/** Terms in the order category, rate, exemption reason and its code (both of EXTENDED-CTC-FR). */
export function vat(
  what: string,
  terms: readonly string[],
  options: { missing: string; rule: string },
): Fields<VatCategory> {
  const [category = '', rate = '', reason = 'EXT-FR-FE', reasonCode = 'EXT-FR-FE'] = terms
  return {
    category: code(category, `${what} VAT category code`, ['cbc:ID', 'ram:CategoryCode'], {
      missing: options.missing,
      codes: { rule: options.rule, list: lists.vatCategories },
    }),
    rate: percentage(rate, `${what} VAT rate`, ['cbc:Percent', 'ram:RateApplicablePercent'], { derived: 'group' }),
    exemptionReason: text(reason, `${what} VAT exemption reason text`, [
      'cbc:TaxExemptionReason',
      'ram:ExemptionReason',
    ]),
    exemptionReasonCode: code(
      reasonCode,
      `${what} VAT exemption reason code`,
      ['cbc:TaxExemptionReasonCode', 'ram:ExemptionReasonCode'],
      { codes: { rule: 'BR-CL-22', list: lists.exemptionReasons } },
    ),
  }
}

/** Where the VAT breakdown and the document level groups keep their VAT category in UBL. */
export const vatCategory = 'cac:TaxCategory[cac:TaxScheme/cbc:ID=VAT]'
/** Where a document level allowance or charge keeps it. */
export const allowanceVat: Places = [vatCategory, 'ram:CategoryTradeTax[ram:TypeCode=VAT]']

import * as lists from './code-lists.ts'
import type { Invoice } from './model.ts'
import { address, contact, identifier, identifierFields, inPartyIdentification } from './row-groups.ts'
import { type Fields, many, one, text } from './table.ts'
import { extendedPayeeFields } from './terms-extended.ts'

/* The rows of the parties: part of the table in terms.ts. */

const icd = (rule: string) => ({ rule, list: lists.icd })
const vatScheme = 'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]'

export const sellerFields: Fields<Invoice['seller']> = {
  name: text('BT-27', 'Seller name', ['cac:PartyLegalEntity/cbc:RegistrationName', 'ram:Name'], { missing: 'BR-06' }),
  tradingName: text(
    'BT-28',
    'Seller trading name',
    ['cac:PartyName/cbc:Name', 'ram:SpecifiedLegalOrganization/ram:TradingBusinessName'],
    { once: 'UBL-SR-10' },
  ),
  identifiers: many(
    'BT-29 Seller identifier',
    ['cac:PartyIdentification[cbc:ID/@schemeID!=SEPA]', 'ram:GlobalID[@schemeID] | ram:ID'],
    identifierFields('BT-29', 'Seller identifier', {
      scheme: { codes: icd('BR-CL-10') },
      inside: inPartyIdentification,
    }),
  ),
  legalRegistration: identifier(
    'BT-30',
    'Seller legal registration identifier',
    ['cac:PartyLegalEntity/cbc:CompanyID', 'ram:SpecifiedLegalOrganization/ram:ID'],
    { scheme: { codes: icd('BR-CL-11') }, once: 'UBL-SR-11' },
  ),
  vatId: text(
    'BT-31',
    'Seller VAT identifier',
    [`${vatScheme}/cbc:CompanyID`, 'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID'],
    { once: 'UBL-SR-12' },
  ),
  taxRegistrationId: text(
    'BT-32',
    'Seller tax registration identifier',
    [
      'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID!=VAT]/cbc:CompanyID',
      'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=FC]/ram:ID',
    ],
    { once: 'UBL-SR-13' },
  ),
  legalInformation: text('BT-33', 'Seller additional legal information', [
    'cac:PartyLegalEntity/cbc:CompanyLegalForm',
    'ram:Description',
  ]),
  endpoint: identifier(
    'BT-34',
    'Seller electronic address',
    ['cbc:EndpointID', 'ram:URIUniversalCommunication/ram:URIID'],
    {
      scheme: { missing: 'BR-62', codes: { rule: 'BR-CL-25', list: lists.eas } },
    },
  ),
  address: one(
    'BG-5 Seller postal address',
    ['cac:PostalAddress', 'ram:PostalTradeAddress'],
    address('Seller', ['BT-35', 'BT-36', 'BT-162', 'BT-37', 'BT-38', 'BT-39', 'BT-40'], 'BR-09'),
    { missing: 'BR-08' },
  ),
  contact: one(
    'BG-6 Seller contact',
    ['cac:Contact', 'ram:DefinedTradeContact'],
    contact('Seller', ['BT-41', 'BT-42', 'BT-43']),
  ),
}

export const buyerFields: Fields<Invoice['buyer']> = {
  name: text('BT-44', 'Buyer name', ['cac:PartyLegalEntity/cbc:RegistrationName', 'ram:Name'], { missing: 'BR-07' }),
  tradingName: text(
    'BT-45',
    'Buyer trading name',
    ['cac:PartyName/cbc:Name', 'ram:SpecifiedLegalOrganization/ram:TradingBusinessName'],
    { once: 'UBL-SR-40' },
  ),
  identifiers: many(
    'BT-46 Buyer identifier',
    ['cac:PartyIdentification', 'ram:GlobalID[@schemeID] | ram:ID'],
    identifierFields('BT-46', 'Buyer identifier', {
      scheme: { codes: icd('BR-CL-10') },
      inside: inPartyIdentification,
    }),
  ),
  legalRegistration: identifier(
    'BT-47',
    'Buyer legal registration identifier',
    ['cac:PartyLegalEntity/cbc:CompanyID', 'ram:SpecifiedLegalOrganization/ram:ID'],
    { scheme: { codes: icd('BR-CL-11') }, once: 'UBL-SR-17' },
  ),
  vatId: text(
    'BT-48',
    'Buyer VAT identifier',
    [`${vatScheme}/cbc:CompanyID`, 'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID'],
    { once: 'UBL-SR-18' },
  ),
  endpoint: identifier(
    'BT-49',
    'Buyer electronic address',
    ['cbc:EndpointID', 'ram:URIUniversalCommunication/ram:URIID'],
    {
      scheme: { missing: 'BR-63', codes: { rule: 'BR-CL-25', list: lists.eas } },
    },
  ),
  address: one(
    'BG-8 Buyer postal address',
    ['cac:PostalAddress', 'ram:PostalTradeAddress'],
    address('Buyer', ['BT-50', 'BT-51', 'BT-163', 'BT-52', 'BT-53', 'BT-54', 'BT-55'], 'BR-11'),
    { missing: 'BR-10' },
  ),
  contact: one(
    'BG-9 Buyer contact',
    ['cac:Contact', 'ram:DefinedTradeContact'],
    contact('Buyer', ['BT-56', 'BT-57', 'BT-58']),
  ),
}

export const payeeFields: Fields<NonNullable<Invoice['payee']>> = {
  name: text('BT-59', 'Payee name', ['cac:PartyName/cbc:Name', 'ram:Name'], { missing: 'BR-17', once: 'UBL-SR-19' }),
  identifier: identifier(
    'BT-60',
    'Payee identifier',
    ['cac:PartyIdentification[cbc:ID/@schemeID!=SEPA]/cbc:ID', 'ram:GlobalID[@schemeID] | ram:ID'],
    {
      scheme: { codes: icd('BR-CL-10') },
      once: 'UBL-SR-20',
    },
  ),
  legalRegistration: identifier(
    'BT-61',
    'Payee legal registration identifier',
    ['cac:PartyLegalEntity/cbc:CompanyID', 'ram:SpecifiedLegalOrganization/ram:ID'],
    {
      scheme: { codes: icd('BR-CL-11') },
      once: 'UBL-SR-21',
    },
  ),
  ...extendedPayeeFields,
}

export const taxRepresentativeFields: Fields<NonNullable<Invoice['taxRepresentative']>> = {
  name: text('BT-62', 'Seller tax representative name', ['cac:PartyName/cbc:Name', 'ram:Name'], {
    missing: 'BR-18',
    once: 'UBL-SR-22',
  }),
  vatId: text(
    'BT-63',
    'Seller tax representative VAT identifier',
    [`${vatScheme}/cbc:CompanyID`, 'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID'],
    {
      missing: 'BR-56',
      once: 'UBL-SR-23',
    },
  ),
  address: one(
    'BG-12 Seller tax representative postal address',
    ['cac:PostalAddress', 'ram:PostalTradeAddress'],
    address('Tax representative', ['BT-64', 'BT-65', 'BT-164', 'BT-66', 'BT-67', 'BT-68', 'BT-69'], 'BR-20'),
    { missing: 'BR-19' },
  ),
}

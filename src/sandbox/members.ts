/** One business with its access point. */
export interface Member {
  /** Name of its folder, database and log. */
  readonly name: string
  /** Seat ID of its access point. [peppol.md §2.2] */
  readonly seat: string
  readonly organisation: string
  readonly participant: string
}

export const zone = 'sandbox.passerelle.test'

/** Invented companies; the numbers only obey the check digit of a SIREN. */
export const members = {
  sender: {
    name: 'sender',
    seat: 'PFR000001',
    organisation: 'Atelier des Quais',
    participant: 'iso6523-actorid-upis::0225:391838042',
  },
  receiver: {
    name: 'receiver',
    seat: 'PFR000002',
    organisation: 'Librairie Mistral',
    participant: 'iso6523-actorid-upis::0225:732829320',
  },
} as const satisfies Record<string, Member>

/** The least an invoice must say; everything else follows. `number` and `issueDate` are filled in. */
export function sampleInvoice(number: string, issueDate: string): object {
  return {
    number,
    issueDate,
    currency: 'EUR',
    buyerReference: 'order 42',
    paymentTerms: '30 days',
    seller: party('Atelier des Quais', '391838042', { vatId: 'FR44391838042' }),
    buyer: party('Librairie Mistral', '732829320', {}),
    lines: [
      {
        id: '1',
        quantity: '3',
        unit: 'HUR',
        item: { name: 'Bookbinding' },
        price: { net: '48.50' },
        vat: { category: 'S', rate: '20' },
      },
    ],
  }
}

function party(name: string, siren: string, more: object): object {
  return { name, ...more, endpoint: { scheme: '0225', value: siren }, address: { country: 'FR' } }
}

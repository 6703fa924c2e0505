import { participantKey } from '../../src/wire/peppol/index.ts'
import { invoiceOf } from './documents.ts'
import { receptionFacts, sendToUs } from './inbound.ts'
import type { CaseGroup, Facts } from './matrix.ts'
import type { PeerResult } from './phase4.ts'
import { type World, participants } from './world.ts'

const found = {
  "Helger's client says": 'found',
  'signature verified': true,
  'endpoint ours': true,
  certificate: 'POP000001',
}

/** Our SMP and our names, read by the SMP client of the phase4 author. */
export const lookup: CaseGroup = {
  name: 'phase4 looks us up',
  cases: [
    {
      name: 'service group and signed metadata, SMP given',
      expected: { ...found, 'document types': 3 },
      run: async world => lookupFacts(world, await lookUp(world, ['--smp', world.node.url])),
    },
    {
      name: 'the same, SMP found by U-NAPTR record',
      expected: { ...found, 'document types': 3, 'SMP ours': true },
      run: async world => {
        const result = await lookUp(world, ['--dns', world.dnsServer, '--zone', world.zone])
        return { ...lookupFacts(world, result), 'SMP ours': withoutSlash(result['smp']) === world.node.url }
      },
    },
    {
      name: 'XML 10 KB to the endpoint found so',
      expected: { 'phase4 says': 'SUCCESS', 'receipt verified': true, state: 'delivered' },
      run: async world => {
        const { endpoint } = await lookUp(world, ['--dns', world.dnsServer, '--zone', world.zone])
        const { result, transmission } = await sendToUs(world, { document: invoiceOf(10_000) }, String(endpoint))
        return receptionFacts(result, transmission)
      },
    },
    {
      name: 'a participant whom our SMP does not know',
      expected: { "Helger's client says": 'failed', failure: 'SMPClientNotFoundException' },
      run: async world => {
        const result = await world.phase4.smpLookup(participantKey(participants.nobody), ['--smp', world.node.url])
        const failure = /\w+Exception/.exec(String(result['failure']))?.[0] ?? String(result['failure'])
        return { "Helger's client says": String(result['outcome']), failure }
      },
    },
  ],
}

async function lookUp(world: World, where: readonly string[]): Promise<PeerResult> {
  return await world.phase4.smpLookup(participantKey(participants.ours), where)
}

function lookupFacts(world: World, result: PeerResult): Facts {
  const { documentTypes, failure } = result
  return {
    "Helger's client says": String(result['outcome']),
    'signature verified': result['signatureVerified'] === true,
    'endpoint ours': result['endpoint'] === `${world.node.url}/as4`,
    certificate: String(result['certificate']),
    'document types': Array.isArray(documentTypes) ? documentTypes.length : 0,
    ...(typeof failure === 'string' ? { failure } : {}),
  }
}

/** The peer prints it as java.net.URI writes it. */
function withoutSlash(url: unknown): string {
  return String(url).replace(/\/$/, '')
}

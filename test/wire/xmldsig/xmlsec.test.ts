import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { canonicalize, parseXml, tag, text } from '../../../src/wire/xml/index.ts'
import {
  type Transform,
  algorithms,
  writeReference,
  writeSignature,
  writeSignedInfo,
} from '../../../src/wire/xmldsig/index.ts'

/** A program of the machine, where Debian's package of that name is installed. */
const xmlsec = 'xmlsec1'
const hasXmlsec = spawnSync(xmlsec, ['--version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'passerelle-xmlsec-'))
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const namespaces = { '': 'urn:d', S12: 'urn:soap' }
const content = tag('p', { 'xml:id': 'part', 'S12:must': 'tab\there' }, text('content & more\r\n'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What xmlsec1 says of `<d>` with the content and a signature over it. */
function verify(source: string): boolean {
  const document = join(folder, 'document.xml')
  const key = join(folder, 'key.pem')
  writeFileSync(document, source)
  writeFileSync(key, publicKey.export({ format: 'pem', type: 'spki' }))
  try {
    execFileSync(xmlsec, ['--verify', '--pubkey-pem', key, document], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

function document(canonicalization: Transform, reference: Parameters<typeof writeReference>[0]): string {
  const signedInfo = writeSignedInfo({ canonicalization, references: [writeReference(reference)], namespaces })
  const value = sign('sha256', Buffer.from(signedInfo), privateKey)
  return tag('d', { xmlns: 'urn:d', 'xmlns:S12': 'urn:soap' }, content, writeSignature({ signedInfo, value }))
}

describe.skipIf(!hasXmlsec)('xmlsec1 agrees', () => {
  it('with an inclusive signature over the whole document', () => {
    const bare = parseXml(tag('d', { xmlns: 'urn:d', 'xmlns:S12': 'urn:soap' }, content)).root
    const canonicalization = { algorithm: algorithms.inclusiveC14n, prefixes: [] }
    const digest = createHash('sha256')
      .update(canonicalize(bare, { method: 'inclusive' }))
      .digest()
    const transforms = [{ algorithm: algorithms.envelopedSignature, prefixes: [] }]
    const source = document(canonicalization, { uri: '', transforms, digest })
    expect(verify(source)).toBe(true)
    expect(verify(source.replace('content', 'contents'))).toBe(false)
  })

  it('with an exclusive signature over a part, with prefix lists', () => {
    const canonicalization = { algorithm: algorithms.exclusiveC14n, prefixes: ['S12', '#default'] }
    const part = parseXml(tag('d', { xmlns: 'urn:d', 'xmlns:S12': 'urn:soap' }, content)).root.children[0]
    if (part?.kind !== 'element') throw new Error('no part')
    const canonical = canonicalize(part, { method: 'exclusive', inclusivePrefixes: ['S12'] })
    const digest = createHash('sha256').update(canonical).digest()
    const transforms = [{ algorithm: algorithms.exclusiveC14n, prefixes: ['S12'] }]
    const source = document(canonicalization, { uri: '#part', transforms, digest })
    expect(verify(source)).toBe(true)
    expect(verify(source.replace('content', 'contents'))).toBe(false)
  })
})

import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importPacks, listStore, packName } from '../../../src/adapters/rules/index.ts'
import {
  folderOf,
  forbidding,
  imported,
  invoiceNamespace,
  newStore,
  rulesOf,
  schematron,
  zip,
  zipFile,
} from './packs.ts'

const good = Buffer.from(forbidding('b'))

describe('a ZIP archive is refused', () => {
  const plain = zip([['one.sch', good]])
  const directory = plain.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))

  it.for([
    ['whose end is cut off', plain.subarray(0, -30), 'the end of the directory is missing'],
    ['whose beginning is cut off', plain.subarray(40), 'the directory is damaged'],
    ['whose local header is not there', Buffer.concat([Buffer.alloc(4), plain.subarray(4)]), 'its header is damaged'],
    ['with a file of another size', zip([['one.sch', good, { size: good.length - 1 }]]), 'cannot be read'],
    ['with a file of another checksum', zip([['one.sch', good, { crc: 1 }]]), 'its checksum is another'],
    ['with an encrypted file', zip([['one.sch', good, { flags: 1 }]]), 'it is encrypted or packed in another way'],
    ['with a file packed otherwise', zip([['one.sch', good, { method: 12 }]]), 'packed in another way'],
    ['with a file that is too large', zip([['one.sch', good, { size: 33 * 1024 * 1024 }]]), 'octets'],
    ['with a path that climbs out', zip([['../one.sch', good]]), 'leads out of it'],
    ['with a path that climbs out on the way', zip([['a/../../one.sch', good]]), 'leads out of it'],
    ['with an absolute path', zip([['/one.sch', good]]), 'leads out of it'],
    ['with a path of Windows', zip([['C:one.sch', good]]), 'leads out of it'],
    ['with a backslash', zip([[String.raw`a\one.sch`, good]]), 'leads out of it'],
    [
      'with twice the same file',
      zip([
        ['one.sch', good],
        ['one.sch', good],
      ]),
      'two files one.sch',
    ],
    [
      'that is a bomb',
      zip(Array.from({ length: 9 }, (_, at) => [`${at}.sch`, good, { size: 30 * 1024 * 1024 }] as const)),
      'more than 268435456 octets',
    ],
    ['whose directory is a random place', patched(plain, plain.length - 6, directory + 1), 'the directory is damaged'],
  ] as const)('%s', async ([, octets, message]) => {
    const store = newStore()
    const path = join(folderOf({ 'rules.zip': octets }), 'rules.zip')
    await expect(importPacks(store, path, {})).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining(message),
    })
    expect(existsSync(store)).toBe(false)
  })

  it('but not when it is whole', async () => {
    expect((await imported(newStore(), zipFile([['one.sch', good]]))).checks).toBe(1)
  })
})

function patched(octets: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(octets)
  copy.writeUInt32LE(value, at)
  return copy
}

function rule(test: string): string {
  return `<pattern><rule context="/*"><assert id="A" test="${test}">a</assert></rule></pattern>`
}

describe('rules are refused', () => {
  it.for([
    ['that are not well-formed', rulesOf('<pattern>'), 'not-well-formed', ''],
    ['with a document type', `<!DOCTYPE schema>${rulesOf('')}`, 'doctype', ''],
    ['that are another document', '<a/>', 'not-schematron', 'the root element is a'],
    ['of another language', forbidding('b').replace('xslt2', 'exslt'), 'unsupported', 'the query binding exslt'],
    ['with an expression that cannot be read', rulesOf(rule('b[')), 'syntax', 'assert A in line 2'],
    [
      'with an expression outside the subset',
      rulesOf(rule('b instance of element()')),
      'unsupported',
      'assert A in line 2',
    ],
    ['with an unknown function', rulesOf(rule('f()')), 'undeclared', 'assert A in line 2: there is no function f()'],
    [
      'that include what is not there',
      rulesOf('<include href="x.sch"/>'),
      'unresolved',
      'include in line 2: the file x.sch',
    ],
    ['that include what lies outside', rulesOf('<include href="../x.sch"/>'), 'unresolved', 'the file ../x.sch'],
    ['that include what lies elsewhere', rulesOf('<include href="file:///etc/passwd"/>'), 'unresolved', 'file:///etc'],
    [
      'that look up what is not there',
      rulesOf(rule("document('x.xml')/a")),
      'unresolved',
      'the file x.xml is not beside',
    ],
  ] as const)('%s', async ([, source, code, message]) => {
    const store = newStore()
    const path = join(folderOf({ 'in/rules.sch': source, 'x.sch': forbidding('b') }), 'in', 'rules.sch')
    await expect(importPacks(store, path, {})).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    expect(existsSync(store)).toBe(false)
  })
})

const schema = (content: string): string =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${content}</xs:schema>`

describe('schemas are refused', () => {
  it.for([
    ['that are not well-formed', schema('<xs:element'), 'line 1'],
    ['that are another document', '<a/>', 'the root is no xs:schema'],
    ['with a type that is not there', schema('<xs:element name="a" type="t"/>'), "attribute 'type'"],
    [
      'that would be read from the network',
      schema('<xs:include schemaLocation="http://127.0.0.1:9/t.xsd"/><xs:element name="a" type="t"/>'),
      'http://127.0.0.1:9/t.xsd',
    ],
    [
      'that would be read from elsewhere',
      schema('<xs:include schemaLocation="../t.xsd"/><xs:element name="a" type="t"/>'),
      't.xsd',
    ],
  ] as const)('%s', async ([, source, message]) => {
    const store = newStore()
    const type = schema('<xs:simpleType name="t"><xs:restriction base="xs:string"/></xs:simpleType>')
    const path = join(folderOf({ 'in/a.xsd': source, 't.xsd': type }), 'in')
    await expect(importPacks(store, path, {})).rejects.toMatchObject({
      code: 'schema',
      message: expect.stringContaining(message),
    })
    expect(existsSync(store)).toBe(false)
  })
})

describe('of a folder or archive', () => {
  const needsAnother = schema('<xs:include schemaLocation="gone.xsd"/><xs:element name="a" type="t"/>')
  const files = {
    'a-1.0.sch': forbidding('b'),
    'broken-1.0.sch': rulesOf(rule('b[')),
    'order.xsd': needsAnother,
    'thing.xsd': schema('<xs:element name="thing"/>'),
    'torn.xsd': schema('<xs:element'),
    'z-1.0.sch': '<a/>',
  }

  it('files that cannot become a pack are passed over, each with its reason, and the others are imported', async () => {
    const archive = zipFile(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const))
    for (const path of [folderOf(files), archive]) {
      const store = newStore()
      const { packs, passedOver } = await importPacks(store, path, {})
      expect(packs.map(({ pack }) => pack.name)).toEqual(['a', 'thing-xsd'])
      expect(listStore(store)).toHaveLength(2)
      expect(passedOver).toEqual([
        { path: 'broken-1.0.sch', reason: expect.stringMatching(/^assert A in line 2/) },
        { path: 'order.xsd', reason: expect.stringContaining('gone.xsd') },
        { path: 'torn.xsd', reason: expect.stringContaining('line 1') },
        { path: 'z-1.0.sch', reason: 'the root element is a, not a schema of ISO Schematron' },
      ])
    }
  })

  it('is nothing imported when every file is bad, and the first is the error', async () => {
    const store = newStore()
    const path = folderOf({ 'y-1.0.sch': rulesOf(rule('b[')), 'z-1.0.sch': '<a/>' })
    await expect(importPacks(store, path, {})).rejects.toMatchObject({
      code: 'syntax',
      message: expect.stringMatching(/^y-1.0.sch: assert A/),
    })
    expect(existsSync(store)).toBe(false)
  })

  it('is nothing imported when the archive itself is damaged', async () => {
    const store = newStore()
    const path = zipFile([
      ['one.sch', good],
      ['two.sch', good, { crc: 1 }],
    ])
    await expect(importPacks(store, path, {})).rejects.toMatchObject({ code: 'unreadable' })
    expect(existsSync(store)).toBe(false)
  })
})

describe('an import is all or nothing', () => {
  it('when one name of several is taken', async () => {
    const store = newStore()
    await imported(store, schematron('taken-1.0.sch', 'b'))
    const before = readdirSync(store).sort()
    const path = folderOf({ 'free-1.0.sch': forbidding('b'), 'taken-1.0.sch': forbidding('c') })
    await expect(importPacks(store, path, {})).rejects.toMatchObject({ code: 'taken' })
    expect(readdirSync(store).sort()).toEqual(before)
  })

  it('when two files would have one name', async () => {
    const path = folderOf({ 'a/x-1.0.sch': forbidding('b'), 'b/x-1.0.sch': forbidding('c') })
    await expect(importPacks(newStore(), path, {})).rejects.toMatchObject({ code: 'taken' })
    const twins = folderOf({ 'a/x-1.0.sch': forbidding('b'), 'b/x-1.0.sch': forbidding('b') })
    expect((await importPacks(newStore(), twins, {})).packs).toHaveLength(1)
  })

  it('when many come at once', async () => {
    const store = newStore()
    const names = Array.from({ length: 8 }, (_, at) => `pack-${at}`)
    await Promise.all(names.map(async name => await imported(store, schematron('r.sch', 'b'), { name, version: '1' })))
    expect(listStore(store).map(packName)).toEqual(names.map(name => `${name}@1`))
  })

  it('when a process died with the lock, or half-way', async () => {
    const store = newStore()
    const stale = join(store, 'packs.lock')
    mkdirSync(join(store, 'half@1.00000000'), { recursive: true })
    writeFileSync(stale, '1')
    const hourAgo = Date.now() / 1000 - 2 * 3600
    for (const path of [stale, join(store, 'half@1.00000000')]) utimesSync(path, hourAgo, hourAgo)
    await imported(store, schematron('whole-1.0.sch', 'b'))
    expect(listStore(store).map(packName)).toEqual(['whole@1.0'])
    expect(readdirSync(store).filter(name => name.startsWith('half'))).toEqual([])
    expect(existsSync(stale)).toBe(false)
  })

  it('and an index that cannot be read is never written over', async () => {
    const store = folderOf({ 'packs.json': '{"format": 1, "packs": [' })
    expect(() => listStore(store)).toThrow(expect.objectContaining({ code: 'damaged' }))
    await expect(importPacks(store, schematron('a.sch', 'b'), {})).rejects.toMatchObject({ code: 'damaged' })
    expect(() => listStore(folderOf({ 'packs.json': '{"format": 0, "packs": []}' }))).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    )
  })
})

/** A test set of one case. */
function set(outcome: string, document = `<Invoice xmlns="${invoiceNamespace}"/>`): string {
  return `<testSet xmlns="http://difi.no/xsd/vefa/validator/1.0" configuration="mine"><assert><scope>NO</scope></assert>
    <test><assert><${outcome}>NO</${outcome}></assert>${document}</test></testSet>`
}

describe('the unit tests of a pack', () => {
  it('are run when they lie beside it', async () => {
    const path = folderOf({ 'rules-1.0.sch': forbidding('b'), 'unit/no.xml': set('success') })
    const {
      packs: [only],
    } = await importPacks(newStore(), path, {})
    expect(only?.tests).toEqual({ passed: 1, failures: [] })
    expect(only?.pack).toMatchObject({ active: true, tests: { passed: 1, failed: 0 } })
  })

  it('keep it from becoming active when one fails, unless forced', async () => {
    const store = newStore()
    const path = folderOf({ 'rules-1.0.sch': forbidding('b'), 'unit/no.xml': set('error') })
    const {
      packs: [refused],
    } = await importPacks(store, path, {})
    expect(refused?.tests?.failures).toEqual(['unit/no.xml#1: NO finds nothing wrong'])
    expect(refused?.pack).toMatchObject({ active: false, tests: { passed: 0, failed: 1 } })
    const {
      packs: [forced],
    } = await importPacks(store, path, { force: true })
    expect(forced?.pack.active).toBe(true)
  })

  it('set it free when they pass the next time', async () => {
    const store = newStore()
    await importPacks(store, folderOf({ 'rules-1.0.sch': forbidding('b'), 'a.xml': set('error') }), {})
    const {
      packs: [free],
    } = await importPacks(store, folderOf({ 'rules-1.0.sch': forbidding('b'), 'a.xml': set('success') }), {})
    expect(free?.pack.active).toBe(true)
  })

  it('of other rules and other documents do not count', async () => {
    const other = set('error').replaceAll('NO<', 'XX<')
    const path = folderOf({ 'rules-1.0.sch': forbidding('b'), 'a.xml': other, 'b.xml': set('error', '<a/>') })
    const {
      packs: [only],
    } = await importPacks(newStore(), path, {})
    expect(only?.tests).toBeUndefined()
  })
})

describe('the same rules twice', () => {
  const abstract = `<pattern xmlns="http://purl.oclc.org/dsdl/schematron" abstract="true" id="m"><rule context="/*"><assert id="NO" test="$no">no b</assert></rule></pattern>`
  const written = rulesOf('<include href="m.sch"/><pattern is-a="m"><param name="no" value="empty(b)"/></pattern>')
  const other = forbidding('b').replace('<pattern>', '<pattern> ')

  it('as written and preprocessed are one pack, the preprocessed one', async () => {
    const path = folderOf({
      'r/r-1.0.sch': written,
      'r/m.sch': abstract,
      'r/preprocessed/r-1.0.sch': forbidding('b'),
    })
    const {
      packs: [only, ...more],
    } = await importPacks(newStore(), path, {})
    expect([more, only?.pack]).toMatchObject([[], { name: 'r', version: '1.0', parts: [{ from: '' }] }])
  })

  it('in another layout are the pack that is there', async () => {
    const store = newStore()
    const first = await imported(store, join(folderOf({ 'r-1.0.sch': forbidding('b') }), 'r-1.0.sch'))
    const second = await imported(store, join(folderOf({ 'r-1.0.sch': other }), 'r-1.0.sch'))
    expect([second.compiled, second.sha256 === first.sha256]).toEqual([first.compiled, false])
    expect(listStore(store)).toHaveLength(1)
  })

  it('of which neither is preprocessed are two, and refused', async () => {
    const path = folderOf({ 'a/r-1.0.sch': written, 'a/m.sch': abstract, 'b/r-1.0.sch': forbidding('b') })
    await expect(importPacks(newStore(), path, {})).rejects.toMatchObject({ code: 'taken' })
  })
})

import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Law {
  /** Project modules whose face may be imported. */
  readonly modules: readonly string[]
  /** npm packages and Node built-ins. */
  readonly packages: readonly string[]
}

const pure = ['node:buffer', 'node:crypto', 'node:zlib']

/**
 * The law of imports: who may see whom. The longest matching folder wins; what stands in no row is red.
 * Layers point down: kernel < wire < services < adapters < edge < node.ts.
 */
const laws: Readonly<Record<string, Law>> = {
  'src/kernel': { modules: [], packages: ['node:crypto'] },
  'src/wire/xml': { modules: ['kernel'], packages: pure },
  'src/wire/xmldsig': { modules: ['kernel', 'wire/xml'], packages: pure },
  'src/wire/pki': { modules: ['kernel'], packages: pure },
  'src/wire/as4': {
    modules: ['kernel', 'wire/xml', 'wire/xmldsig', 'wire/pki'],
    packages: [...pure, 'node:stream'],
  },
  'src/wire/peppol': { modules: ['kernel', 'wire/xml', 'wire/pki', 'wire/as4'], packages: pure },
  'src/wire/smp': { modules: ['kernel', 'wire/xml', 'wire/xmldsig', 'wire/pki', 'wire/peppol'], packages: pure },
  'src/wire/schematron': { modules: ['kernel', 'wire/xml'], packages: pure },
  'src/wire/invoice': { modules: ['kernel', 'wire/xml', 'wire/peppol'], packages: pure },
  'src/wire/facturx': { modules: ['kernel', 'wire/xml', 'wire/invoice'], packages: pure },
  'src/wire/view': { modules: ['kernel', 'wire/xml', 'wire/invoice'], packages: pure },
  'src/wire/mapping': { modules: ['kernel', 'wire/invoice'], packages: ['csv-parse', 'node:buffer', 'node:stream'] },
  'src/services/domain.ts': { modules: ['kernel', 'wire'], packages: [] },
  'src/services/ports.ts': { modules: ['kernel', 'wire', 'services/domain.ts'], packages: [] },
  'src/services/trace': { modules: ['services/domain.ts'], packages: ['node:process'] },
  'src/services/trust': { modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts'], packages: [] },
  'src/services/directory': {
    modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts', 'services/trace', 'services/trust'],
    packages: [],
  },
  'src/services/registry': {
    modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts', 'services/directory'],
    packages: [],
  },
  'src/services/exchange': {
    modules: [
      'kernel',
      'wire',
      'services/domain.ts',
      'services/ports.ts',
      'services/directory',
      'services/documents',
      'services/registry',
      'services/trace',
      'services/trust',
    ],
    packages: ['node:crypto', 'node:stream', 'node:zlib'],
  },
  'src/services/invoicing': {
    modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts', 'services/documents', 'services/exchange'],
    packages: [],
  },
  'src/services/mapping': { modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts'], packages: [] },
  'src/services/tenants': {
    modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts'],
    packages: ['node:crypto'],
  },
  'src/services/documents': { modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts'], packages: [] },
  'src/adapters/postgres': adapter(
    'knex',
    'migrations',
    'pg',
    'node:child_process',
    'node:net',
    'node:os',
    'node:url',
    'node:module',
  ),
  'src/adapters/http': adapter('undici', 'node:diagnostics_channel', 'node:dns', 'node:net', 'node:tls'),
  'src/adapters/dns': adapter('dns-packet', 'node:dgram', 'node:dns', 'node:net'),
  'src/adapters/blobs': adapter('node:os'),
  'src/adapters/keys': adapter('node-forge', 'node:util'),
  'src/adapters/log': adapter('pino'),
  'src/adapters/pdf': adapter(
    '@cantoo/pdf-lib',
    '@expo-google-fonts/inter',
    'pdfkit',
    'qrcode-generator',
    'node:module',
    'node:url',
    'node:worker_threads',
    'node:zlib',
  ),
  'src/adapters/rules': adapter('libxml2-wasm', 'node:url', 'node:v8', 'node:vm', 'node:worker_threads', 'node:zlib'),
  // The document engine made whole: in this thread, and in those that it gives large documents to.
  'src/engine': { modules: ['kernel', 'wire', 'services', 'adapters'], packages: ['node:worker_threads'] },
  // A door sees services; only the command line, which composes for itself, sees everything.
  'src/edge': {
    modules: ['kernel', 'wire', 'services', 'edge'],
    packages: ['koa', 'node:crypto', 'node:fs', 'node:http', 'node:https', 'node:net', 'node:stream', 'node:zlib'],
  },
  'src/edge/cli': {
    modules: ['*'],
    packages: ['node:crypto', 'node:fs', 'node:path', 'node:timers', 'node:util', 'node:zlib', 'node:os', 'node:url'],
  },
  'src/sandbox': { modules: ['*'], packages: ['*'] },
  'src/node.ts': { modules: ['*'], packages: ['koa', 'node:fs', 'node:path', 'node:url'] },
  'src/main.ts': { modules: ['*'], packages: ['*'] },
  'src/cli.ts': { modules: ['edge/cli', 'config.ts', 'tether.ts'], packages: ['node:process'] },
  'src/tether.ts': { modules: [], packages: [] },
  'src/config.ts': { modules: ['setting.ts', 'settings.ts'], packages: ['node:fs', 'node:path', 'node:url'] },
  'src/settings.ts': { modules: ['setting.ts'], packages: [] },
  'src/setting.ts': { modules: ['kernel'], packages: ['node:path', 'node:util'] },
}

function adapter(...packages: string[]): Law {
  return {
    modules: ['kernel', 'wire', 'services/domain.ts', 'services/ports.ts'],
    packages: ['node:crypto', 'node:fs', 'node:path', 'node:stream', 'node:timers', ...packages],
  }
}

interface Import {
  readonly file: string
  readonly target: string
}

const sources = files(join(root, 'src')).map(file => file.slice(root.length))
const imports = sources.flatMap(importsOf)

describe('the law of imports', () => {
  it('holds for every source file', () => {
    expect(sources.length).toBeGreaterThan(20)
    expect(imports.map(judge).filter(Boolean)).toEqual([])
  })

  it('lets nobody reach past the face of a module', () => {
    const reaching = imports
      .filter(({ file, target }) => target.startsWith('src/') && moduleOf(file) !== moduleOf(target))
      .filter(({ target }) => isInsideModule(target) && !target.endsWith('/index.ts'))
    expect(reaching).toEqual([])
  })

  it('finds a forbidden import when there is one', () => {
    expect(judge({ file: 'src/kernel/time.ts', target: 'src/wire/xml/index.ts' })).toContain('src/kernel')
    expect(judge({ file: 'src/wire/xml/parse.ts', target: 'node:fs' })).toContain('node:fs')
    expect(judge({ file: 'src/nowhere/x.ts', target: 'node:fs' })).toContain('no row')
  })
})

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'/g,
    ),
  ]
  return found.map(match => {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    return { file, target: target.startsWith('.') ? normalize(join(dirname(file), target)) : target }
  })
}

function lawOf(file: string): [string, Law] | undefined {
  return Object.entries(laws)
    .filter(([folder]) => file === folder || file.startsWith(folder + '/'))
    .sort(([a], [b]) => b.length - a.length)[0]
}

/** undefined when the import is lawful, else what is wrong. */
function judge({ file, target }: Import): string | undefined {
  const found = lawOf(file)
  if (found === undefined) return `${file}: stands in no row of the law`
  const [folder, law] = found
  if (!target.startsWith('src/')) {
    const name = target.startsWith('node:') ? (/^node:[a-z0-9_]+/.exec(target)?.[0] ?? target) : target
    const allowed = law.packages.some(lawful => lawful === '*' || lawful === name || name.startsWith(lawful + '/'))
    return allowed ? undefined : `${file}: ${folder} may not import ${target}`
  }
  if (moduleOf(file) === moduleOf(target)) return undefined
  const name = target.slice('src/'.length)
  const allowed = law.modules.some(lawful => lawful === '*' || name === lawful || name.startsWith(lawful + '/'))
  return allowed ? undefined : `${file}: ${folder} may not import ${target}`
}

const layersOfModules = new Set(['wire', 'services', 'adapters', 'edge'])

/** `src/wire/xml/parse.ts` → `src/wire/xml`; `src/config.ts` → itself. */
function moduleOf(file: string): string {
  const [, layer = '', name = ''] = file.split('/')
  if (!isInsideModule(file)) return file
  return layersOfModules.has(layer) ? `src/${layer}/${name}` : `src/${layer}`
}

function isInsideModule(file: string): boolean {
  const parts = file.split('/')
  const [, layer = ''] = parts
  return layersOfModules.has(layer) ? parts.length > 3 : parts.length > 2
}

import { type AnyPack, PackError, packName } from './pack.ts'
import { changeStore, readStore } from './store.ts'

export interface ActivationOptions {
  /** First and last day (`2026-11-20`); what is not given stays as it is. */
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  /** Rules whose own unit tests failed too. */
  readonly force?: boolean | undefined
}

/** Makes a pack (`name@version`) one that is chosen, from and to the days given. Throws PackError `unknown-pack`, `tests` and `busy`. */
export async function activatePack(folder: string, wanted: string, options: ActivationOptions): Promise<AnyPack> {
  return await changed(folder, wanted, pack => {
    const failed = pack.kind === 'rules' ? (pack.tests?.failed ?? 0) : 0
    if (failed > 0 && options.force !== true) {
      throw new PackError(
        'tests',
        `${failed} unit tests of ${wanted} failed when it was imported; --force ignores that`,
      )
    }
    const { validFrom = pack.validFrom, validTo = pack.validTo } = options
    return {
      ...pack,
      active: true,
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validTo === undefined ? {} : { validTo }),
    }
  })
}

/** Keeps a pack from being chosen; it can still be named with its version. Throws PackError `unknown-pack` and `busy`. */
export async function deactivatePack(folder: string, wanted: string): Promise<AnyPack> {
  return await changed(folder, wanted, pack => ({ ...pack, active: false }))
}

async function changed(folder: string, wanted: string, change: (pack: AnyPack) => AnyPack): Promise<AnyPack> {
  // A look beforehand: a folder that is not there is not made for a name that it cannot have.
  findPack(readStore(folder), wanted)
  let after: AnyPack | undefined
  await changeStore(folder, packs => {
    const pack = findPack(packs, wanted)
    const next = change(pack)
    after = next
    return packs.map(one => (one === pack ? next : one))
  })
  if (after === undefined) throw new PackError('unknown-pack', `there is no pack ${wanted}`)
  return after
}

/** The pack `name@version`. Throws PackError `unknown-pack`, which names those that there are. */
export function findPack(packs: readonly AnyPack[], wanted: string): AnyPack {
  const found = packs.find(pack => packName(pack) === wanted)
  if (found !== undefined) return found
  const names = packs.map(packName).join(', ') || 'none'
  throw new PackError('unknown-pack', `there is no pack ${wanted}; imported are ${names}`)
}

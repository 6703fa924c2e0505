import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The official rules, test sets, examples and answers, read in place; paths are relative to its folder and with slashes. */
export interface OfficialData {
  /** The whole path of a file or folder. */
  path(place: string): string
  read(place: string): Buffer
  /** The paths of the files in a folder, by name. */
  files(folder: string): readonly string[]
  /** The paths that fit a pattern, by name. */
  find(pattern: string): readonly string[]
}

/** What is needed of it. */
const folders = ['en16931', 'peppol-bis', 'france']

export function officialData(folder: string): OfficialData {
  const path = (place: string): string => join(folder, place)
  return {
    path,
    read: place => readFileSync(path(place)),
    files: place =>
      readdirSync(path(place))
        .toSorted()
        .map(name => `${place}/${name}`),
    find: pattern => globSync(pattern, { cwd: folder }).toSorted(),
  }
}

/** What is not there of it. */
export function missingData(data: OfficialData): string | undefined {
  return folders.map(name => data.path(name)).find(path => !existsSync(path))
}

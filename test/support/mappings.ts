import type { MappingStore, StoredMapping } from '../../src/services/ports.ts'

/** Mappings in memory, as the port promises. */
export function memoryMappings(): MappingStore {
  const kept = new Map<string, StoredMapping>()
  return {
    saveMapping: async mapping => void kept.set(mapping.name, mapping),
    removeMapping: async name => kept.delete(name),
    findMapping: async name => kept.get(name),
    listMappings: async () =>
      [...kept.values()].map(({ name, changedAt }) => ({ name, changedAt })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

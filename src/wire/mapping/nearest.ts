/** `; did you mean X?`, or nothing. */
export function hint(name: string, known: Iterable<string>): string {
  const near = nearestName(name, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** The name that differs least, for a message; undefined when none is near. */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 60)
  let best: { readonly name: string; readonly distance: number } | undefined
  let looked = 0
  for (const candidate of known) {
    // A hostile mapping may know very many names; the nearest of the first thousand will do.
    if (++looked > 1000) break
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, 60))
    if (best === undefined || distance < best.distance) best = { name: candidate, distance }
  }
  if (best === undefined || best.distance > Math.max(2, Math.ceil(best.name.length / 2))) return undefined
  return best.name
}

/** Insertions, deletions and replacements that lead from one name to the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

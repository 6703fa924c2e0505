/** Works on several items at once and gives the results in the order of the items; no more than `atOnce` are ever under way or kept. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  for (const item of items) {
    const one = work(item)
    // Whoever fails is told of when his turn comes, if it still does.
    one.catch(() => undefined)
    underWay.push(one)
    const [first] = underWay
    if (underWay.length < atOnce || first === undefined) continue
    yield await first
    void underWay.shift()
  }
  for (const one of underWay) yield await one
}

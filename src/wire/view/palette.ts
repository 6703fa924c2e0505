/** Colours of a page as `#rrggbb`. */
export interface Palette {
  /** Readable on white, and white on it. */
  readonly accent: string
  /** For the ground of a box: the accent with much white. */
  readonly tint: string
}

type Rgb = readonly [red: number, green: number, blue: number]

const ink: Rgb = [31, 58, 95]

/** Of text against its ground, at least. [WCAG 2.2 §1.4.3] */
const contrastMin = 4.5

/** The colours that follow from a seller's: his own, darkened until it can be read. What is no colour gives a dark blue. */
export function paletteOf(color: string | undefined): Palette {
  let accent = parseColor(color) ?? ink
  while (1.05 / (luminance(accent) + 0.05) < contrastMin) accent = mixed(accent, [0, 0, 0], 0.05)
  return { accent: hex(accent), tint: hex(mixed(accent, [255, 255, 255], 0.93)) }
}

/** Whether the text is a colour, `#RRGGBB`. */
export function isColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text)
}

function parseColor(color = ''): Rgb | undefined {
  if (!isColor(color)) return undefined
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16)
  return [channel(1), channel(3), channel(5)]
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share)
  return [channel(0), channel(1), channel(2)]
}

function hex(color: Rgb): string {
  return `#${color.map(channel => channel.toString(16).padStart(2, '0')).join('')}`
}

/** Relative luminance of an sRGB colour. [WCAG 2.2, definition] */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map(channel => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

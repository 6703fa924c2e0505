import { XmlError, type XmlElement, attributeOf, decodeBase64, textOf } from '../xml/index.ts'
import { algorithms, canonicalizationMethod, checkMethod, checkTransform } from './algorithms.ts'
import { SignatureError } from './error.ts'
import type { ParsedSignature, SignatureReference, Transform } from './types.ts'

const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#'

/** More than any message has parts; each one costs a digest. */
const referencesMax = 100
const transformsMax = 4
const sha256Octets = 32

/**
 * Takes a ds:Signature apart, in the schema's order and with nothing else in it: no ds:Object, no unknown element, no text.
 * Throws SignatureError `malformed`, or `algorithm` for anything outside the table. [XMLDSIG §4]
 */
export function readSignature(signature: XmlElement): ParsedSignature {
  try {
    return read(signature)
  } catch (error) {
    if (error instanceof XmlError) throw new SignatureError('malformed', error.message, { cause: error })
    throw error
  }
}

function read(element: XmlElement): ParsedSignature {
  if (element.local !== 'Signature' || element.namespace !== dsNamespace) throw malformed('not a ds:Signature')
  const children = new Sequence(element)
  const signedInfo = children.next('SignedInfo')
  const value = decodeBase64(textOf(children.next('SignatureValue')), 'ds:SignatureValue')
  const keyInfo = children.optional('KeyInfo')
  children.end()
  return { element, signedInfo, value, keyInfo, ...readSignedInfo(signedInfo) }
}

function readSignedInfo(
  signedInfo: XmlElement,
): Pick<ParsedSignature, 'canonicalization' | 'signatureAlgorithm' | 'references'> {
  const children = new Sequence(signedInfo)
  const canonicalization = readTransform(children.next('CanonicalizationMethod'))
  canonicalizationMethod(canonicalization.algorithm)
  const signatureAlgorithm = readMethod(children.next('SignatureMethod'), 'signature')
  const references = [readReference(children.next('Reference'))]
  for (let next = children.optional('Reference'); next !== undefined; next = children.optional('Reference')) {
    if (references.length === referencesMax) throw malformed(`more than ${referencesMax} references`)
    references.push(readReference(next))
  }
  children.end()
  return { canonicalization, signatureAlgorithm, references }
}

function readReference(element: XmlElement): SignatureReference {
  const uri = attributeOf(element, 'URI')
  // Without one the application is to know what is signed. [XMLDSIG §4.4.3.1] We know of nothing.
  if (uri === undefined) throw malformed('a ds:Reference without URI')
  const children = new Sequence(element)
  const list = children.optional('Transforms')
  const transforms = list === undefined ? [] : readTransforms(list)
  const digestAlgorithm = readMethod(children.next('DigestMethod'), 'digest')
  const digest = decodeBase64(textOf(children.next('DigestValue')), 'ds:DigestValue')
  children.end()
  if (digest.length !== sha256Octets) throw malformed(`a ds:DigestValue of ${digest.length} octets`)
  return { uri, transforms, digestAlgorithm, digest, element }
}

function readTransforms(list: XmlElement): readonly Transform[] {
  const children = new Sequence(list)
  const transforms: Transform[] = []
  for (let next = children.optional('Transform'); next !== undefined; next = children.optional('Transform')) {
    if (transforms.length === transformsMax) throw malformed(`more than ${transformsMax} transforms`)
    const transform = readTransform(next)
    checkTransform(transform.algorithm)
    transforms.push(transform)
  }
  children.end()
  if (transforms.length === 0) throw malformed('ds:Transforms without ds:Transform')
  return transforms
}

/** Of ds:CanonicalizationMethod and ds:Transform; only the exclusive method takes a parameter. */
function readTransform(element: XmlElement): Transform {
  const algorithm = algorithmOf(element)
  const children = new Sequence(element)
  const list = algorithm === algorithms.exclusiveC14n ? children.optional('InclusiveNamespaces', algorithm) : undefined
  children.end()
  if (list === undefined) return { algorithm, prefixes: [] }
  const prefixes = attributeOf(list, 'PrefixList') ?? ''
  return { algorithm, prefixes: prefixes.split(/[\t\n\r ]+/).filter(prefix => prefix !== '') }
}

function readMethod(element: XmlElement, use: 'signature' | 'digest'): string {
  const algorithm = algorithmOf(element)
  checkMethod(algorithm, use)
  new Sequence(element).end()
  return algorithm
}

function algorithmOf(element: XmlElement): string {
  const algorithm = attributeOf(element, 'Algorithm')
  if (algorithm === undefined) throw malformed(`ds:${element.local} without Algorithm`)
  return algorithm
}

/** The child elements of a parent that has only elements, taken in the order of the schema. */
class Sequence {
  private readonly parent: XmlElement
  private readonly elements: readonly XmlElement[]
  private position = 0

  constructor(parent: XmlElement) {
    this.parent = parent
    const elements: XmlElement[] = []
    for (const child of parent.children) {
      if (child.kind === 'element') elements.push(child)
      else if (child.kind === 'text' && /[^\t\n\r ]/.test(child.value)) throw malformed(`text in ds:${parent.local}`)
    }
    this.elements = elements
  }

  next(local: string): XmlElement {
    const element = this.optional(local)
    if (element === undefined) throw malformed(`ds:${this.parent.local} lacks ds:${local}`)
    return element
  }

  optional(local: string, namespace = dsNamespace): XmlElement | undefined {
    const element = this.elements[this.position]
    if (element?.local !== local || element.namespace !== namespace) return undefined
    this.position++
    return element
  }

  end(): void {
    const element = this.elements[this.position]
    if (element !== undefined) throw malformed(`${element.local} is not expected in ds:${this.parent.local}`)
  }
}

function malformed(what: string): SignatureError {
  return new SignatureError('malformed', `the signature is malformed: ${what}`)
}

import { WireError } from '../../kernel/index.ts'

/**
 * not-schematron: the file is another document. syntax: an expression cannot be read. undeclared: a prefix, variable, function,
 * or abstract pattern or rule without declaration. unresolved: a file that is included or looked up is not there. unsupported: an element,
 * function or form outside the subset that is compiled.
 */
export type SchematronErrorCode = 'not-schematron' | 'syntax' | 'undeclared' | 'unresolved' | 'unsupported'

/** Rules that cannot be compiled; the message names the rule and its line. */
export class SchematronError extends WireError<SchematronErrorCode> {}

/** A dynamic error of XPath 2.0 while one expression is evaluated on one document, e.g. `FORG0001: 'abc' is no xs:decimal`. */
export class DynamicError extends Error {
  constructor(code: 'FOAR0001' | 'FOCA0002' | 'FORG0001' | 'FORG0006' | 'FORX0002' | 'XPTY0004', message: string) {
    super(`${code}: ${message}`)
    this.name = new.target.name
  }
}

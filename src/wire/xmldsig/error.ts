import { WireError } from '../../kernel/index.ts'

/**
 * malformed: not a ds:Signature as the schema has it. algorithm: outside the table, SHA-1 among them.
 * digest: a reference's digest is another. value: the signature value is not the key's over this SignedInfo.
 */
export type SignatureErrorCode = 'malformed' | 'algorithm' | 'digest' | 'value'

/** An XML signature is not one we can read, or does not hold. */
export class SignatureError extends WireError<SignatureErrorCode> {}

import { WireError } from '../../kernel/index.ts'

/**
 * unreadable      the file is missing or not what it should be
 * wrong-password  it is encrypted, and not with the given password
 * no-key          it holds no private key
 * no-certificate  it holds no certificate
 * mismatch        key and certificate do not belong together
 * unsupported     a key that Peppol does not use
 */
export type KeyFileCode = 'unreadable' | 'wrong-password' | 'no-key' | 'no-certificate' | 'mismatch' | 'unsupported'

export class KeyFileError extends WireError<KeyFileCode> {}

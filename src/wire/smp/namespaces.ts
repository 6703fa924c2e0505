export const smpNamespace = 'http://busdox.org/serviceMetadata/publishing/1.0/'
export const identifierNamespace = 'http://busdox.org/transport/identifiers/1.0/'
export const addressingNamespace = 'http://www.w3.org/2005/08/addressing'
export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'

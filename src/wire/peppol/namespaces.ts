/** UN/CEFACT Standard Business Document Header 1.3. */
export const sbdhNamespace = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
/** The wrappers of documents that are not XML. [ENV 2.3] */
export const wrapperNamespace = 'http://peppol.eu/xsd/ticc/envelope/1.0'

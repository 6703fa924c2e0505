declare const brand: unique symbol

/** A value of type T that has passed the one function which may call it Name. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

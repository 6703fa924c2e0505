/** Profiles of Factur-X, each richer than the one before. [Factur-X 1.08 §3; france.md §2.1] */
export type FacturxProfile = 'MINIMUM' | 'BASIC WL' | 'BASIC' | 'EN 16931' | 'EXTENDED'

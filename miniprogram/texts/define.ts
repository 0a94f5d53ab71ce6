/** A section of the dictionary. Both languages must have the same keys, or it does not compile. */
export interface Section<T extends Record<string, string>> {
  zh: T
  en: { [K in keyof T]: string }
}

export function defineTexts<const K extends string>(section: Section<Record<K, string>>): Section<Record<K, string>> {
  return section
}

/** Inserts values for a text's `{name}` placeholders. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

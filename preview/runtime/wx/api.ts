/** Results of `wx.*` functions: by callbacks if there are any, otherwise by a promise. */

export interface Callbacks {
  success?: (this: void, result: object) => void
  fail?: (this: void, error: { errMsg: string }) => void
  complete?: (this: void, result: object) => void
}
type Answer = object | void

/** Creates `wx.<name>`. Exceptions of `run` become `<name>:fail <reason>`. */
export function api<O extends object>(name: string, run: (options: O) => Answer | Promise<Answer>) {
  return (options?: O & Callbacks): Promise<object> | undefined => {
    const result = attempt(name, run, options)
    const { success, fail, complete } = options ?? {}
    if (!success && !fail && !complete) return result
    result.then(
      (value) => {
        success?.(value)
        complete?.(value)
      },
      (error: { errMsg: string }) => {
        fail?.(error)
        complete?.(error)
      },
    )
    return undefined
  }
}

async function attempt<O extends object>(
  name: string,
  run: (options: O) => Answer | Promise<Answer>,
  options?: O,
): Promise<object> {
  try {
    // Without options an empty object, as in WeChat.
    const given: O = Object.assign(Object.create(null), options)
    const value = await run(given)
    return { errMsg: `${name}:ok`, ...value }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw Object.assign(new Error(reason), { errMsg: `${name}:fail ${reason}` })
  }
}

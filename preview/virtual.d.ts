declare module 'virtual:miniprogram' {
  export const program: import('./plugin/compile').Program
  export const templates: import('./runtime/space').Templates
}
declare module 'virtual:miniprogram/scripts' {}

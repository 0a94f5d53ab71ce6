/** The mini-program's components: connects compiled templates, styles and scripts with glass-easel. */
import * as glassEasel from 'glass-easel'
import { MiniProgramEnv, type AssociatedBackend, type CodeSpace } from 'glass-easel-miniprogram-adapter'
import type { ElementType } from '../elements/element'
import { registerElement } from '../elements/registry'
import type { Program } from '../plugin/compile'
import { PhoneBackend } from './backend'
import { onBackendEvent } from './touches'

/** Template functions by component path, from the template compiler. */
export type Templates = Record<string, unknown>

type ComponentTemplate = Parameters<CodeSpace['addCompiledTemplate']>[1]
type StaticConfig = Parameters<CodeSpace['addComponentStaticConfig']>[1]

export class Space {
  readonly codeSpace: CodeSpace
  readonly backend: AssociatedBackend
  private readonly context: PhoneBackend

  constructor(program: Program, templates: Templates, elements: ElementType[]) {
    const declared = program.components.flatMap(({ config }) => Object.keys(config.usingComponents))
    const generics = program.components.flatMap(({ config }) => Object.keys(config.componentGenerics ?? {}))
    const builtin = elements.map((element) => element.tag)
    const environment = new MiniProgramEnv()
    this.context = new PhoneBackend(new Set(['page', ...builtin, ...declared, ...generics]))
    this.context.onEvent(onBackendEvent)
    this.backend = environment.associateBackend(this.context)
    this.codeSpace = environment.createCodeSpace('', true)

    const space = this.codeSpace.getComponentSpace()
    space.updateComponentOptions({ writeIdToDOM: true })
    this.codeSpace.setOverallBehavior(readyLifetime(space))
    for (const element of elements) registerElement(space, element)
    this.addStyles('app', program.styles['app'] ?? '', undefined)
    for (const { path, config, styleScope } of program.components) {
      const template = { groupList: templates, content: templates[path] }
      if (!isStaticConfig(config) || !isTemplate(template)) throw new TypeError(`"${path}" is not compiled`)
      this.codeSpace.addComponentStaticConfig(path, config)
      this.codeSpace.addCompiledTemplate(path, template)
      this.addStyles(path, program.styles[path] ?? '', styleScope ?? undefined)
    }
  }

  /** Applies changed styles without restarting anything. */
  replaceStyles(styles: Record<string, string>): void {
    for (const [path, css] of Object.entries(styles)) this.context.registerStyleSheetContent(path, css)
  }

  private addStyles(path: string, css: string, scope: string | undefined): void {
    this.backend.registerStyleSheetContent(path, css)
    this.codeSpace.addStyleSheet(path, path, scope)
  }
}

/** glass-easel leaves `ready` to its host: a component is ready after its first rendering. */
function readyLifetime(space: glassEasel.ComponentSpace): glassEasel.GeneralBehavior {
  return space
    .defineBehavior({
      lifetimes: {
        attached() {
          const component = glassEasel.Component.isComponent(this) ? this : componentOf(this)
          requestAnimationFrame(() => component?.triggerLifetime('ready', []))
        },
      },
    })
    .general()
}

function componentOf(caller: object): glassEasel.GeneralComponent | null {
  const component: unknown = Reflect.get(caller, '_$')
  return glassEasel.Component.isComponent(component) ? component : null
}

// The plugin's output is in glass-easel's format, which has its own types.
function isStaticConfig(config: object): config is StaticConfig {
  return 'usingComponents' in config
}
function isTemplate(template: { content: unknown }): template is ComponentTemplate & { content: unknown } {
  return typeof template.content === 'function'
}

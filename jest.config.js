import { fileURLToPath } from 'node:url'

const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
  ],
}
const base = {
  rootDir: fileURLToPath(new URL('.', import.meta.url)),
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json'],
  transform,
}
const project = (name, testEnvironment) => ({
  ...base,
  displayName: name,
  testEnvironment,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
})

export default {
  // A slow machine fails nothing that works.
  testTimeout: 120_000,
  projects: [
    project('miniprogram', 'jsdom'),
    project('server', 'node'),
    project('preview', 'jsdom'),
    project('check', 'node'),
    project('docs', 'node'),
    project('e2e', 'node'),
  ],
}

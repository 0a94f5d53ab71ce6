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
/** Tests that need more than Node say so by their file's name. */
const FFMPEG = '**/*.ffmpeg.test.ts'
const BROWSER = '**/*.browser.test.ts'
const WITHOUT_BROWSER = '<rootDir>/test/support/without-browser.ts'
const project = (name, testEnvironment, testMatch) => ({
  ...base,
  displayName: name,
  testEnvironment,
  testMatch: testMatch ?? [`<rootDir>/test/${name}/**/*.test.ts`, `!${FFMPEG}`, `!${BROWSER}`],
})

export default {
  testTimeout: 20_000,
  projects: [
    project('miniprogram', 'jsdom'),
    project('server', 'node'),
    project('preview', 'jsdom'),
    project('check', 'node'),
    project('docs', 'node'),
    project('ffmpeg', 'node', [`<rootDir>/test/${FFMPEG}`]),
    { ...project('browser', 'node', [`<rootDir>/test/${BROWSER}`]), setupFilesAfterEnv: [WITHOUT_BROWSER] },
    {
      ...project('e2e', '<rootDir>/test/e2e/support/environment.ts'),
      globalSetup: '<rootDir>/test/e2e/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/e2e/support/global-teardown.ts',
      setupFilesAfterEnv: [WITHOUT_BROWSER],
    },
  ],
}

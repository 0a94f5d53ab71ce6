/** Validates an OpenAPI document from standard input; prints the problems as JSON. The library is an ES module, which jest cannot load. */
import { text } from 'node:stream/consumers'
import { Validator } from '@seriousme/openapi-schema-validator'

const { valid, errors } = await new Validator().validate(JSON.parse(await text(process.stdin)))
console.log(JSON.stringify(valid ? [] : errors))

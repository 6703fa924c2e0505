#!/usr/bin/env node
// `npx passerelle …`: any Node from 20 on starts it; the locked Node 24 does the work.
import { bootstrap } from './bootstrap.mjs'

try {
  process.exitCode = await bootstrap('cli', process.argv.slice(2))
} catch (error) {
  process.stderr.write(`passerelle: ${error.message}\n`)
  process.exitCode = 1
}

#!/usr/bin/env node
/** The `hartware` command. */
import { main } from './main.ts';
import { tolerateClosedReaders } from './output.ts';

tolerateClosedReaders();
// What still has a handle open, such as standard input, must not hold the program.
process.exit(await main(process.argv.slice(2)));

#!/usr/bin/env node
/** The program: the registry's stages and commands behind a command line. */
import { start } from './cli/start.js';
import * as registry from './registry.js';

await start(registry);

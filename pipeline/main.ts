#!/usr/bin/env node
/** The program: the registry's stages and commands behind a command line. */
import { load } from './load.js';

await load(() => import('./registry.js'));

/** What is handed to sbatch: options as arguments, and a script of the site's own lines and one command. */
import { fileURLToPath } from 'node:url';
import { word } from '../../shell_word.js';
import { jobSettings, type SlurmSettings } from './settings.js';

/** The script of a job: set-up lines as they are configured, then the command in the shell's place, so that signals reach it. */
export function jobScript(about: string, settings: SlurmSettings, command: readonly string[]): string {
  const node = settings.node ?? process.execPath;
  const words = [node, ...command].map(word).join(' ');
  return ['#!/bin/bash', `# ${about}`, ...settings.setup, `exec ${words}`, ''].join('\n');
}

/** The program that a job array runs; which task it is, Slurm tells by the element's index. */
export const taskProgram = fileURLToPath(new URL('./task.js', import.meta.url));

/** The options of every job: where it works and what the site asks for. */
export function siteOptions(settings: SlurmSettings, stage: string): string[] {
  const { partition, account, time, memory, cpus, options = [] } = jobSettings(settings, stage);
  const given = { partition, account, time, mem: memory, 'cpus-per-task': cpus };
  return [
    `--chdir=${process.cwd()}`,
    // A lost task is submitted anew, and counted: Slurm shall not do the same on its own.
    '--no-requeue',
    '--open-mode=append',
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...options,
  ];
}

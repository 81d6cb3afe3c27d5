/** A working directory as it was once computed, put back before each case: bytes and times. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn } from '../pipeline/folder.js';

const kept = 'as-computed';

/** What a run leaves behind that is the same each time: manifests and locks tell times and owners besides. */
const isResult = (file: string): boolean => !file.endsWith('.lock') && !/^data\/runs\/.*\.json$/.test(file);

export class FolderCopy {
  private readonly results: ReadonlyMap<string, string>;

  /** `folders` of the working directory, computed by now. */
  constructor(private readonly folders: readonly string[]) {
    // Whole milliseconds, as a manifest records them: copying keeps no more.
    for (const file of this.files()) {
      const time = new Date(Math.round(statSync(file).mtimeMs));
      utimesSync(file, time, time);
    }
    for (const folder of folders) cpSync(folder, join(kept, folder), { recursive: true, preserveTimestamps: true });
    this.results = this.present();
  }

  private files(): string[] {
    const there = readdirSync('.');
    return this.folders
      .filter((one) => there.includes(one))
      .flatMap((one) => filesIn(one).map((file) => join(one, file)));
  }

  private present(): Map<string, string> {
    return new Map(this.files().filter(isResult).map((file) => [file, readFileSync(file, 'latin1')] as const)); // prettier-ignore
  }

  restore(): void {
    for (const folder of this.folders) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(join(kept, folder), folder, { recursive: true, preserveTimestamps: true });
    }
  }

  /** The results that are not byte for byte as they were computed. */
  differing(): string[] {
    const now = this.present();
    const names = new Set([...now.keys(), ...this.results.keys()]);
    return [...names].filter((name) => now.get(name) !== this.results.get(name)).sort();
  }
}

/** What is tortured: a program with a configuration in a folder of its own, and how it looks when nothing disturbs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { readManifest, type Manifest } from '../../pipeline/store/manifest.js';
import { hashesBelow, type Ended } from '../end_to_end/program.js';
import { filesIn } from '../pipeline/folder.js';

export interface Subject {
  /** Below dist/. */
  readonly program: string;
  readonly config: string;
  readonly yaml: string;
}

/** The engine alone: three stages in a second. */
export const toy: Subject = { program: 'test/pipeline/toy_program.js', config: 'toy.yaml', yaml: 'run: subject\n' };

/** The seven stages, as small as they can be: what is watched is their files, not their numbers. */
export const sevenStages: Subject = {
  program: 'pipeline/main.js',
  config: 'seven.yaml',
  yaml: `run: subject
bench: { source: [twin], device: device_1 }
trace: { models: [bert-base-uncased, gpt2], batch_sizes: [8], lengths: [32] }
profile: { round: 20 s, rounds: 5 }
train: { predictors: [end2end, law], features: [all], seeds: 1 }
report: { tables: [table4, figure1] }
`,
};

export const runFolder = join('data', 'runs', 'subject');

/** A program that may still run, in a process group of its own. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Sends a signal to the whole group, as a terminal does. */
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Longer than any command here takes on a machine that is busy with other work: who is not done then hangs. */
const patience_ms = 300_000;

/** A work folder with the subject's configuration. */
export class Place {
  readonly folder: string;

  constructor(
    readonly subject: Subject,
    from?: Place,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'pipeline-crash-'));
    if (from) cpSync(from.folder, this.folder, { recursive: true, preserveTimestamps: true });
    else writeFileSync(join(this.folder, subject.config), subject.yaml);
  }

  /** Runs a command of the program: `run` with the configuration and these options unless told otherwise. */
  begin(options: readonly string[] = [], env: NodeJS.ProcessEnv = {}, command = 'run', limits = ''): Running {
    const program = join(packageRoot, 'dist', this.subject.program);
    const words = [process.execPath, program, command, this.subject.config, ...options];
    // A shell sets the limits and becomes the program.
    const child = spawn('sh', ['-c', `${limits} exec "$@"`, 'sh', ...words], {
      cwd: this.folder,
      detached: true,
      env: { ...process.env, UV_USE_IO_URING: '0', ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const signal = (name: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const timer = setTimeout(() => signal('SIGKILL'), patience_ms);
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code, stdout, stderr });
      });
    });
    return { child, ended, signal };
  }

  run(options: readonly string[] = [], env: NodeJS.ProcessEnv = {}, command = 'run', limits = ''): Promise<Ended> {
    return this.begin(options, env, command, limits).ended;
  }

  has = (path: string): boolean => existsSync(join(this.folder, path));

  /** The finished tasks: their manifests by path, with what tells one that was written again from one that was not. */
  manifests(): Map<string, { readonly manifest: Manifest; readonly written: string }> {
    const files = filesIn(this.folder).filter((file) => /^data\/runs\/[^/]+\/[^/]+\/[^/]+\.json$/.test(file));
    return new Map(
      files.flatMap((file) => {
        const path = join(this.folder, file);
        const manifest = readManifest(path);
        const { ino, mtimeMs } = statSync(path);
        return manifest && typeof manifest !== 'string' ? [[file, { manifest, written: `${ino} ${mtimeMs}` }]] : [];
      }),
    );
  }

  hashes = (): Record<string, string> => hashesBelow(this.folder);

  /** What no finished command leaves: temporary files and locks. */
  leftovers = (): string[] => filesIn(this.folder).filter((file) => /\.tmp$|run\.lock/.test(file));

  read = (path: string): string => readFileSync(join(this.folder, path), 'utf8');

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A place where everything is up to date and nothing was ever disturbed. */
export async function undisturbed(subject: Subject, options: readonly string[] = []): Promise<Place> {
  const place = new Place(subject);
  const { code, stderr } = await place.run(options);
  if (code !== 0) throw new Error(`the undisturbed run ended with ${code}:\n${stderr}`);
  return place;
}

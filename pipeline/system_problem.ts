/**
 * What the machine refuses: room on a disk, permission, file descriptors, memory. That is nobody's bug and no damage;
 * it is told in one sentence, and the same command goes on when it is mended.
 */
import { PipelineError, UnavailableError } from './errors.js';
import { finalName } from './store/temporary_name.js';

/** By the system's code: what is the matter, and what to do. `DuckDB` has the words of `strerror` instead of the code. */
interface Problem {
  readonly codes: readonly string[];
  readonly words: RegExp;
  readonly what: string;
  readonly hint: string;
}

const again = 'then run the same command again: what was finished is kept';

const problems: readonly Problem[] = [
  {
    codes: ['ENOSPC', 'EDQUOT'],
    words: /No space left on device|Disk quota exceeded/,
    what: 'there is no space left on its disk',
    hint: `make room there, ${again}`,
  },
  {
    codes: ['EFBIG'],
    words: /File too large/,
    what: 'it would be larger than a file may be',
    hint: `raise the limit (ulimit -f), ${again}`,
  },
  {
    codes: ['EIO', 'ESTALE'],
    words: /Input\/output error|Stale file handle/,
    what: 'its disk or network folder failed',
    hint: `look after it (dmesg says more), ${again}`,
  },
  {
    codes: ['EROFS', 'EACCES', 'EPERM'],
    words: /Read-only file system|Permission denied|Operation not permitted/,
    what: 'permission is denied, or its disk is read-only',
    hint: `give this user the right to it, or work in another folder, ${again}`,
  },
  {
    codes: ['ENOTDIR', 'EEXIST'],
    words: /Not a directory/,
    what: 'a file is in the way, where a folder is needed',
    hint: `move that file away, ${again}`,
  },
  {
    codes: ['ENAMETOOLONG'],
    words: /File name too long/,
    what: 'its name is longer than the system allows',
    hint: 'choose shorter names in the configuration ("run:" for one), or work in a folder that lies less deep',
  },
  {
    codes: ['EMFILE', 'ENFILE'],
    words: /Too many open files|\bE[MN]FILE\b/,
    what: 'too many files are open',
    hint: `raise the limit (ulimit -n 1024), or do less at a time (--jobs 1), ${again}`,
  },
  {
    codes: ['ENOMEM', 'EAGAIN', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_INIT_FAILED', 'ERR_MEMORY_ALLOCATION_FAILED'],
    words:
      /Out of Memory Error|Cannot allocate memory|[Aa]llocation fail(ed|ure)|[Oo]ut of memory|bad_alloc|failed to map|Failed to set config/,
    what: 'there is not enough memory, or no room for another process',
    hint: `give it more (ulimit -v, --max-old-space-size; a job of Slurm: slurm.memory), or do less at a time (--jobs 1), ${again}`,
  },
  {
    // Node says so too of what it may not open.
    codes: ['ERR_MODULE_NOT_FOUND'],
    words: /(?!)/,
    what: 'a part of it was not found',
    hint: 'install it anew (npm ci), or, where few files may be open at a time, raise the limit (ulimit -n 1024)',
  },
];

type SystemError = NodeJS.ErrnoException & { readonly dest?: string };

/** Codes that tell of the machine and its limits, not of a file that a program met. */
const ofMachine = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EPERM']);

/** True where a file could not even be looked at: what is in there may well be right. */
export const saysNothingOfFile = (error: unknown): boolean => ofMachine.has((error as SystemError).code ?? '');

/** The file an error is about, by its final name: where a file is copied or renamed, what it would become. */
function fileOf({ path, dest, message }: SystemError): string | undefined {
  const named = dest ?? path ?? /file "([^"]+)"/.exec(message)?.[1];
  return named && finalName(named);
}

/** A library that was not loaded says why in words alone; a worker that was not, by a code that means nothing more. */
const byWords = ({ name, message }: Error, code?: string): boolean =>
  ['DatabaseError', 'RangeError'].includes(name) ||
  code === 'ERR_WORKER_INIT_FAILED' ||
  message.includes('failed to map segment from shared object');

/** The error as an expected failure, if it tells of the machine; else null. `subject` is what was done, in words. */
export function systemProblem(error: unknown, subject?: string): PipelineError | null {
  if (!(error instanceof Error) || error instanceof PipelineError) return null;
  const { code, syscall } = error as SystemError;
  const said = error.message.split('\n')[0];
  const words = byWords(error, code);
  // Node says ENOENT where a folder of folders cannot be made for lack of permission.
  const meant = code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : (code ?? '');
  const problem =
    problems.find((one) => words && one.words.test(said)) ?? problems.find(({ codes }) => codes.includes(meant));
  if (!problem) return null;
  const detail = code ?? 'DuckDB';
  const doing = syscall ? ` (${syscall}: ${detail})` : ` (${detail})`;
  const where = fileOf(error as SystemError) ?? subject;
  const text = where === undefined ? problem.what : `${where}: ${problem.what}`;
  return new UnavailableError(`${text}${doing}`, problem.hint, { cause: error });
}

/** Does something with a file; an error of the system then names it, which those of an open file do not. */
export function withFile<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) (error as SystemError).path ??= path;
    throw error;
  }
}

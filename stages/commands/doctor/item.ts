/** One line of `pipeline doctor`: what a bench needs, whether it is so here, and how to mend it. */
export interface Item {
  readonly subject: string;
  /** `advice`: a bench works without, but measures less or less well. `none`: this one lacks it on purpose. */
  readonly state: 'ok' | 'advice' | 'none' | 'not ok';
  readonly found: string;
  /** What to do; null where it is well. Of what a bench lacks: what that means. */
  readonly remedy: string | null;
}

/** Where the system tells of itself; tests have folders of their own. */
export interface Places {
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
}

export const system: Places = { proc: '/proc', sys: '/sys', dev: '/dev' };

export const ok = (subject: string, found: string): Item => ({ subject, state: 'ok', found, remedy: null });
export const advice = (subject: string, found: string, remedy: string): Item => ({ subject, state: 'advice', found, remedy }); // prettier-ignore
export const none = (subject: string, remedy: string): Item => ({ subject, state: 'none', found: 'none', remedy });
export const notOk = (subject: string, found: string, remedy: string): Item => ({ subject, state: 'not ok', found, remedy }); // prettier-ignore

/** The settings that differ between two configurations, key by key. */
import { canonical } from '../../store/hash.js';

export interface SettingDifference {
  /** `train.seeds` */
  readonly key: string;
  /** Null where one side does not have it. */
  readonly a: unknown;
  readonly b: unknown;
}

type Settings = Readonly<Record<string, unknown>>;

const areSettings = (value: unknown): value is Settings =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export function settingDifferences(a: Settings, b: Settings, prefix = ''): SettingDifference[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => {
    const [before, after] = [a[key], b[key]];
    if (areSettings(before) && areSettings(after)) return settingDifferences(before, after, `${prefix}${key}.`);
    if (canonical(before) === canonical(after)) return [];
    return [{ key: prefix + key, a: before ?? null, b: after ?? null }];
  });
}

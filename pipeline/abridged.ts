/** Names in a sentence, all of them where they are few: `a, b and 7 more`. */
export function abridged(names: readonly string[], atMost = 4): string {
  if (names.length <= atMost) return names.join(', ');
  return `${names.slice(0, atMost - 1).join(', ')} and ${names.length - atMost + 1} more`;
}

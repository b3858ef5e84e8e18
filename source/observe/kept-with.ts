/** What is read out of a raw object or list, kept as long as that is: these never change, others take their place. Pure. */
export function keptWith<K extends object, R extends object>(read: (of: K) => R): (of: K) => R {
  const known = new WeakMap<K, R>();
  return (of) => {
    const before = known.get(of);
    if (before) return before;
    const now = read(of);
    known.set(of, now);
    return now;
  };
}

/** What is asked of one value many times, and told anew only when it is another. */

/** The last answer is kept; `about` is compared by identity. */
export function oncePer<A extends readonly unknown[], R>(answer: (...about: A) => R): (...about: A) => R {
  let last: { readonly about: A; readonly answer: R } | undefined;
  return (...about) => {
    if (!last?.about.every((each, index) => Object.is(each, about[index]))) last = { about, answer: answer(...about) };
    return last.answer;
  };
}

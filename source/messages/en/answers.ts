export const answers = {
  shortPassword: (least: number) => `The password must have at least ${least} characters.`,
  hint: 'The README lists all keys and their values under "Answers".',
  unknown: (key: string, place: string | undefined, near: string | undefined) =>
    `${place ? `${place}: ` : ''}there is no answer called "${key}"${near ? `; did you mean "${near}"?` : '.'}`,
  missing: (key: string, because: string | undefined, allowed: string) =>
    `"${key}" is needed${because ? `, because "${because}" is set` : ''}: ${allowed}.`,
  invalid: (key: string, value: string, place: string | undefined, allowed: string, near: string | undefined) =>
    `${place ? `${place}: ` : ''}"${value}" cannot be "${key}": it must be ${allowed}${near ? `; did you mean "${near}"?` : '.'}`,
  secretInArgv: (key: string) =>
    `"${key}" is a secret and does not belong on a command line, where others can read it. Put it into a values file.`,
  must: (allowed: string) => `It must be ${allowed}.`,
  allowed: {
    name: (max: number) =>
      `lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit, at most ${max} characters`,
    host: 'a host name such as posthog or posthog.example.com: lower-case letters, digits and hyphens, dots between labels of at most 63 characters, no scheme, path, port or underscore',
    flag: 'true or false',
    email: 'an e-mail address',
    range: (min: number, max: number) => `a whole number from ${min} to ${max}`,
    url: 'an address that begins with http:// or https://',
    mirror: 'REGISTRY=HOST, such as docker.io=mirror.example.com',
    replicas: (bounds: string) => `a whole number (${bounds})`,
    quantity: (_: string) => 'a Kubernetes quantity such as 500m, 2 (CPU) or 512Mi, 4Gi (memory)',
    group: (keys: string) => `a group of keys (${keys})`,
    text: 'some text',
  },
  places: {
    prompt: 'the prompts',
    flag: (flag: string) => flag,
    set: '--set',
    line: (file: string, line: number) => `${file}:${line}`,
    ledger: 'the answers of the last install',
    sandbox: 'the default of the sandbox',
  },
  file: {
    missing: (file: string) => `The values file ${file} does not exist.`,
    directory: (file: string) => `${file} is a directory, not a values file.`,
    tooLarge: (file: string, bytes: string) =>
      `The values file ${file} is larger than ${bytes}; that cannot be a set of answers.`,
    unreadable: (file: string, why: string) => `The values file ${file} cannot be read: ${why}.`,
    syntax: (file: string, line: number, why: string) => `${file}:${line}: this is not YAML: ${why}.`,
    duplicate: (file: string, line: number, key: string) => `${file}:${line}: the key "${key}" stands twice.`,
    notMap: (file: string) => `The values file ${file} must hold keys and values, one a line, such as "size: small".`,
    hint: 'Example: `size: small`, next line `host: posthog.example.com`.',
  },
};

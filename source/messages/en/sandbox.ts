export const sandbox = {
  unusable: (folder: string, why: string) => `The sandbox cannot keep its state in ${folder} (${why}).`,
  unusableHint: 'Free some space or make the folder writable, or choose another one with XDG_STATE_HOME.',
  newer: (file: string) => `The sandbox in ${file} was made by a newer posthog-sealos.`,
  newerHint:
    'Use the newest one: `npx posthog-sealos@latest`. Or begin anew: `posthog-sealos sandbox reset` (the old state is kept beside it).',
  damaged: (file: string) => `The state of the sandbox cannot be read: ${file}.`,
  damagedHint: 'Begin anew: `posthog-sealos sandbox reset`. The damaged state is kept beside it.',
  portTaken: (port: number) => `Another program listens on the sandbox's port ${port}.`,
  portTakenHint: 'End that program, or move the sandbox: `posthog-sealos sandbox up --port PORT`.',
};

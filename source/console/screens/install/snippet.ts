/** As PostHog's own start page has it (posthog-js). */
export const snippetOf = (key: string, url: string): string =>
  `import posthog from 'posthog-js'\n\nposthog.init('${key}', { api_host: '${url}' })\n`;

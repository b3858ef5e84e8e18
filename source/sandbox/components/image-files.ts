/** What the images hold beside their programs, as far as a component looks at it. */

/** Names of PostHog's functions for ClickHouse, version 12 (stack-spec C.3). */
const functions = [
  'aggregate_funnel',
  'aggregate_funnel_cohort',
  'aggregate_funnel_array',
  'aggregate_funnel_trends',
  'aggregate_funnel_array_trends',
  'aggregate_funnel_cohort_trends',
  'aggregate_funnel_json',
  'aggregate_funnel_cohort_json',
  'aggregate_funnel_array_json',
  'aggregate_funnel_trends_json',
  'aggregate_funnel_array_trends_json',
  'aggregate_funnel_cohort_trends_json',
  'aggregate_funnel_test',
  'aggregate_funnel_trends_test',
  'JSONDropKeys',
];

export const imageFiles: Readonly<Record<string, string>> = {
  // Stands for a database of 60 MB; only that it is there is looked at.
  '/app/share/GeoLite2-City.mmdb': 'stand-in',
  '/code/posthog/user_scripts/latest_user_defined_function.xml': `<functions>\n${functions.map((name) => `<function><type>executable_pool</type><name>${name}_v12</name><command>v12/${name}</command></function>`).join('\n')}\n</functions>\n`,
};

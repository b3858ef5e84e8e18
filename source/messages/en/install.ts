export const install = {};

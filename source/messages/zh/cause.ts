export const cause = {};

export const observe = {};

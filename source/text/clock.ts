/** `14:05:30`, as this computer's clock has it. @param ms since 1970 */
export function clockTime(ms: number, hasSeconds = true): string {
  const date = new Date(ms);
  const parts = [date.getHours(), date.getMinutes(), ...(hasSeconds ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

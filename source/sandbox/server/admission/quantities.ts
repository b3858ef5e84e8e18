/** Amounts as a quota tells them. */
import { canonicalQuantity } from '../../objects/quantities.ts';

/** @param value cores, bytes or a count, as `resource` is measured. */
export function quantityText(resource: string, value: number): string {
  if (!/(memory|storage)$/.test(resource)) return canonicalQuantity(`${Math.round(value * 1000)}m`);
  const bytes = Math.ceil(value);
  return bytes % 1024 === 0 ? canonicalQuantity(`${bytes / 1024}Ki`) : String(bytes);
}

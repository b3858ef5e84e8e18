/** Kubernetes quantities, exact for what manifests and quotas hold. */

const binary = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 } as const;
const decimal = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
} as const;
const pattern = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|K|M|G|T|P|E)?$/;

/** The number a quantity means: cores, bytes or a count. Throws a RangeError when it is none. */
export function parseQuantity(quantity: string | number): number {
  const match = pattern.exec(String(quantity).trim());
  if (!match) throw new RangeError(`"${quantity}" is not a Kubernetes quantity`);
  const unit = match[2] ?? '';
  const factor = unit in binary ? binary[unit as keyof typeof binary] : decimal[unit as keyof typeof decimal];
  // 1e-3 is not exact in binary: divide instead, so that 250m is 0.25 and not 0.25000000000000006.
  return factor < 1 ? Number(match[1]) / Math.round(1 / factor) : Number(match[1]) * factor;
}

/** Cores as Kubernetes writes them: `250m`, `2`. */
export function formatCpu(cores: number): string {
  const milli = Math.max(1, Math.round(cores * 1000));
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Bytes in the largest whole binary unit, `Mi` at least: `1536Mi`, `4Gi`. */
export function formatBytes(bytes: number): string {
  const mebibytes = Math.max(1, Math.ceil(bytes / binary.Mi));
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

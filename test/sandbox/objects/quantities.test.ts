import { describe, expect, it } from 'vitest';
import { canonicalQuantity, isSoundQuantity } from '../../../source/sandbox/objects/quantities.ts';

describe('quantities as Kubernetes 1.34.4 wrote them back', () => {
  it.each([
    ['0m', '0'],
    ['0.1', '100m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.50', '1500m'],
    ['1500m', '1500m'],
    ['1000m', '1'],
    ['1000000000m', '1M'],
    ['1u', '1m'],
    ['1000u', '1m'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1000000', '1M'],
    ['100000k', '100M'],
    ['1E', '1E'],
    ['1e3', '1e3'],
    ['12e2', '1200'],
    ['1024Mi', '1Gi'],
    ['1025Mi', '1025Mi'],
    ['1536Mi', '1536Mi'],
    ['2048Ki', '2Mi'],
    ['0.5Gi', '512Mi'],
    ['0.5Ki', '512'],
    ['1.5Ki', '1536'],
    ['1.2345Gi', '1325534281728m'],
    ['1073741824', '1073741824'],
    [2, '2'],
    [1.5, '1500m'],
  ])('%j is %j', (given, written) => {
    expect(canonicalQuantity(given)).toBe(written);
  });

  it.each(['', 'x', '1x', '1GiB', '1 Gi', '.', '1e', 'Gi', true, null, {}])('%j is none', (given) => {
    expect(isSoundQuantity(given)).toBe(false);
  });
});

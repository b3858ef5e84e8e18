/** The smallest session recording that can be played: what posthog-js sends to `/s/` (stack-spec H.3, hop 9). */
import type { Probe } from './run.ts';

/** rrweb's numbers for kinds of events and nodes. */
const meta = 4;
const fullSnapshot = 2;
const incremental = 3;
const documentNode = 0;
const elementNode = 2;
const scroll = 3;

export function snapshotBody(probe: Probe, token: string, href: string, epochMs: number): string {
  const html = {
    type: elementNode,
    id: 2,
    tagName: 'html',
    attributes: {},
    childNodes: [{ type: elementNode, id: 3, tagName: 'body', attributes: {}, childNodes: [] }],
  };
  const events = [
    { type: meta, data: { href, width: 800, height: 600 }, timestamp: epochMs },
    {
      type: fullSnapshot,
      data: { node: { type: documentNode, id: 1, childNodes: [html] }, initialOffset: { left: 0, top: 0 } },
      timestamp: epochMs + 1,
    },
    { type: incremental, data: { source: scroll, id: 1, x: 0, y: 0 }, timestamp: epochMs + 2 },
  ];
  const properties = {
    $session_id: probe.sessionId,
    $window_id: probe.windowId,
    $snapshot_source: 'web',
    $lib: 'posthog-sealos',
    $snapshot_data: events,
  };
  return JSON.stringify([{ event: '$snapshot', api_key: token, distinct_id: probe.distinctId, properties }]);
}

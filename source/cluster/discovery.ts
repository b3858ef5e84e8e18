/** Which kinds a server serves: by aggregated discovery (two requests), else group by group. */
import type { Discovery } from './types.ts';

type Get = <T>(path: string, accept: string) => Promise<T>;

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

interface AggregatedList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly { readonly resource: string }[];
    }[];
  }[];
}
interface GroupList {
  readonly groups?: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
}
interface ResourceList {
  readonly resources?: readonly { readonly name: string }[];
}

export async function discover(get: Get): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    get<AggregatedList>('/api', aggregated),
    get<AggregatedList & GroupList>('/apis', aggregated),
  ]);
  const resources =
    groups.kind === 'APIGroupDiscoveryList' ? fromAggregated([core, groups]) : await fromGroups(groups, get);
  return { resources, has: (apiVersion, resource) => resources.get(apiVersion)?.has(resource) ?? false };
}

function fromAggregated(lists: readonly AggregatedList[]): Map<string, ReadonlySet<string>> {
  const versions = lists.flatMap(({ items = [] }) =>
    items.flatMap(({ metadata, versions }) =>
      versions.map(({ version, resources = [] }): [string, ReadonlySet<string>] => [
        metadata.name ? `${metadata.name}/${version}` : version,
        new Set(resources.map(({ resource }) => resource)),
      ]),
    ),
  );
  return new Map(versions);
}

/** A group whose server is away must not hide the others. */
async function fromGroups({ groups = [] }: GroupList, get: Get): Promise<Map<string, ReadonlySet<string>>> {
  const versions = ['v1', ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
  const lists = await Promise.all(
    versions.map(async (version): Promise<[string, ReadonlySet<string>] | undefined> => {
      const list = await get<ResourceList>(version === 'v1' ? '/api/v1' : `/apis/${version}`, 'application/json').catch(
        () => undefined,
      );
      return list && [version, new Set((list.resources ?? []).map(({ name }) => name))];
    }),
  );
  return new Map(lists.filter((entry) => entry !== undefined));
}

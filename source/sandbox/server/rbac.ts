/** Who may do what: roles and bindings of the store, and what every authenticated user may do. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind, Store, User } from '../types.ts';
import type { Attributes } from './request-info.ts';

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const everyone = 'system:authenticated';
const administrators = 'system:masters';
const own = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

/** The cluster roles system:discovery, system:public-info-viewer and system:basic-user of every cluster. */
const everyonesRules: readonly Rule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: own },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  {
    verbs: ['get'],
    nonResourceURLs: [
      ...['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz'],
      ...['/version', '/version/'],
    ],
  },
];

const rbacKind = (kind: string, plural: string, namespaced: boolean): Kind => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind,
  plural,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced,
  verbs: [],
  subresources: [],
});
const roles = rbacKind('Role', 'roles', true);
const roleBindings = rbacKind('RoleBinding', 'rolebindings', true);
const clusterRoles = rbacKind('ClusterRole', 'clusterroles', false);
const clusterRoleBindings = rbacKind('ClusterRoleBinding', 'clusterrolebindings', false);

export const groupsOf = (user: User): readonly string[] => [...new Set([...user.groups, everyone])];

/** What `user` may do in a namespace, or cluster-wide when there is none. */
export function rulesFor(store: Store, user: User, namespace: string | undefined): readonly Rule[] {
  if (user.groups.includes(administrators))
    return [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ];
  const local = namespace === undefined ? [] : store.list(roleBindings, namespace);
  const bound = [...store.list(clusterRoleBindings), ...local].filter((each) => bindsUser(each, user));
  return [...everyonesRules, ...bound.flatMap((binding) => rulesOfBinding(store, binding))];
}

/** Whether the user may: the real server's RBAC authorizer. */
export function authorize(store: Store, user: User, attributes: Attributes): boolean {
  return rulesFor(store, user, attributes.resource?.namespace).some((rule) => allows(rule, attributes));
}

/** Why not, in the server's words. */
export function denial(user: User, { verb, path, resource }: Attributes): string {
  if (!resource) return `User "${user.name}" cannot ${verb} path "${path}"`;
  const asked = resource.subresource ? `${resource.resource}/${resource.subresource}` : resource.resource;
  const where = resource.namespace ? `in the namespace "${resource.namespace}"` : 'at the cluster scope';
  return `User "${user.name}" cannot ${verb} resource "${asked}" in API group "${resource.group}" ${where}`;
}

function bindsUser(binding: KubeObject, user: User): boolean {
  const subjects = (binding['subjects'] ?? []) as readonly Subject[];
  return subjects.some(({ kind, name, namespace }) => {
    if (kind === 'Group') return groupsOf(user).includes(name);
    return user.name === (kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name);
  });
}

function rulesOfBinding(store: Store, binding: KubeObject): readonly Rule[] {
  const { kind, name } = binding['roleRef'] as Subject;
  const role =
    kind === 'Role' ? store.get(roles, binding.metadata.namespace, name) : store.get(clusterRoles, undefined, name);
  return (role?.['rules'] ?? []) as readonly Rule[];
}

const covers = (list: readonly string[] | undefined, value: string): boolean =>
  list?.some((each) => each === '*' || each === value) ?? false;

function allows(rule: Rule, { verb, path, resource }: Attributes): boolean {
  if (!covers(rule.verbs, verb)) return false;
  if (!resource) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, path));
  const asked = resource.subresource ? `${resource.resource}/${resource.subresource}` : resource.resource;
  const named = !rule.resourceNames?.length || rule.resourceNames.includes(resource.name ?? '');
  const any = rule.resources?.includes(`*/${resource.subresource}`) ?? false;
  return named && covers(rule.apiGroups, resource.group) && (covers(rule.resources, asked) || any);
}

const matchesPath = (pattern: string, path: string): boolean =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));

/** Who may do what: roles and bindings of the store, and what every authenticated user may do. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind, Store, User } from '../types.ts';
import type { Attributes } from './request-info.ts';
import { served } from './served.ts';

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Subject {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

const everyone = 'system:authenticated';
const administrators = 'system:masters';
const own = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

const discovery: Rule = {
  verbs: ['get'],
  nonResourceURLs: [
    ...['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz'],
    ...['/version', '/version/'],
  ],
};
const basics: readonly Rule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: own },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];
const byName = (name: string): string => `ClusterRoleBinding "${name}" of ClusterRole "${name}" to Group "${everyone}"`;

/** A rule that holds for a user, and where it comes from. */
interface Grant {
  readonly rule: Rule;
  readonly by: string;
}

/** The cluster roles of every cluster that are for everybody. */
const everyonesGrants: readonly Grant[] = [
  { rule: discovery, by: byName('system:discovery') },
  ...basics.map((rule) => ({ rule, by: byName('system:basic-user') })),
];

const administratorsGrants: readonly Grant[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
].map((rule) => ({ rule, by: 'ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin"' }));

const rbac = (plural: string): Kind => served('rbac.authorization.k8s.io', plural);

export const groupsOf = (user: User): readonly string[] => [...new Set([...user.groups, everyone])];

/** What `user` may do in a namespace, or cluster-wide when there is none. */
export function grantsFor(store: Store, user: User, namespace: string | undefined): readonly Grant[] {
  if (user.groups.includes(administrators)) return administratorsGrants;
  const local = namespace === undefined ? [] : store.list(rbac('rolebindings'), namespace);
  const bindings = [...store.list(rbac('clusterrolebindings')), ...local];
  return [...everyonesGrants, ...bindings.flatMap((binding) => grantsOf(store, binding, user))];
}

/** Whether the user may: the real server's RBAC authorizer. */
export function authorize(store: Store, user: User, attributes: Attributes): boolean {
  return reasonFor(store, user, attributes) !== undefined;
}

/** Why the user may, in the server's words; undefined when he may not. */
export function reasonFor(store: Store, user: User, attributes: Attributes): string | undefined {
  const grants = grantsFor(store, user, attributes.resource?.namespace);
  const found = grants.find(({ rule }) => allows(rule, attributes));
  return found && `RBAC: allowed by ${found.by}`;
}

/** Why not, in the server's words. */
export function denial(user: User, { verb, path, resource }: Attributes): string {
  if (!resource) return `User "${user.name}" cannot ${verb} path "${path}"`;
  const asked = resource.subresource ? `${resource.resource}/${resource.subresource}` : resource.resource;
  const where = resource.namespace ? `in the namespace "${resource.namespace}"` : 'at the cluster scope';
  return `User "${user.name}" cannot ${verb} resource "${asked}" in API group "${resource.group}" ${where}`;
}

function isUser(user: User, { kind, name, namespace }: Subject): boolean {
  if (kind === 'Group') return groupsOf(user).includes(name);
  return user.name === (kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name);
}

function grantsOf(store: Store, binding: KubeObject, user: User): readonly Grant[] {
  const subjects = (binding['subjects'] ?? []) as readonly Subject[];
  const subject = subjects.find((each) => isUser(user, each));
  if (!subject) return [];
  const full = ({ name, namespace }: Subject) => (namespace ? `${name}/${namespace}` : name);
  const role = binding['roleRef'] as Subject;
  const by = `${binding.kind} "${full(binding.metadata)}" of ${role.kind} "${role.name}" to ${subject.kind} "${full(subject)}"`;
  return rulesOf(store, role, binding.metadata.namespace).map((rule) => ({ rule, by }));
}

function rulesOf(store: Store, { kind, name }: Subject, namespace: string | undefined): readonly Rule[] {
  const isLocal = kind === 'Role';
  const role = store.get(rbac(isLocal ? 'roles' : 'clusterroles'), isLocal ? namespace : undefined, name);
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

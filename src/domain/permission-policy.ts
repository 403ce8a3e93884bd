/**
 * What is answered to an agent that asks for a permission: `ask` hands the question to a person, `allow` and `deny`
 * answer it at once. Agents that cannot ask get it as options at their start.
 */
export const PERMISSION_POLICIES = ['ask', 'allow', 'deny'] as const
export type PermissionPolicy = (typeof PERMISSION_POLICIES)[number]

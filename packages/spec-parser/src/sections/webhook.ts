import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkName } from './read-name.ts'

interface WebhookKeys {
  readonly name: 'text'
  readonly path: 'text'
  readonly method: 'text'
  readonly action: 'text'
  readonly entity_id: 'text'
  readonly extract: 'table'
  readonly hmac_secret: 'text'
  readonly hmac_header: 'text'
}

/** The keys of `[[webhook]]`. */
export const webhookKeys: RulesOf<WebhookKeys> = {
  name: { type: 'text', required: true, about: 'What logs and the host call it.' },
  path: { type: 'text', required: true, about: 'The path of the request.' },
  method: { type: 'text', fallback: 'POST', about: 'The HTTP method.' },
  action: { type: 'text', required: true, about: 'The action that the request becomes.' },
  entity_id: {
    type: 'text',
    about: 'Where the id is: "query.state", "body.id", "header.x-id" or "path.id".',
  },
  extract: { type: 'table', about: 'Params of the action, each with the source it is read from.' },
  hmac_secret: { type: 'text', about: 'The name of the secret that signs the body.' },
  hmac_header: { type: 'text', about: 'The header that carries the signature.' },
}

/** One `[[webhook]]` as written. */
export type WebhookSection = ValuesOf<WebhookKeys> & { readonly table: TableNode }

/** Reads one `[[webhook]]`. */
export function readWebhook(table: TableNode, issues: IssueList): WebhookSection {
  const section = readKeys(table, webhookKeys, '[[webhook]]', issues)
  if (section.name !== undefined) checkName(section.name, 'a webhook', issues)
  return { ...section, table }
}

import type { Template, Visibility } from '../../domain/template/template.js'

/** One row of `templates`. */
export interface TemplateRow {
  readonly template_id: number
  readonly owner: string | null
  readonly folder: string
  readonly name: string
  readonly title: string
  readonly visibility: Visibility
  readonly shared_with: readonly number[]
  readonly survey: Readonly<Record<string, unknown>>
}

/** Builds a template from its row. */
export function templateOf(row: TemplateRow): Template {
  return {
    templateId: row.template_id,
    owner: row.owner,
    folder: row.folder,
    name: row.name,
    title: row.title,
    visibility: row.visibility,
    sharedWith: row.shared_with,
    survey: row.survey,
  }
}
